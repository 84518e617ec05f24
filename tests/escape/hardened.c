/*
 * hardened [WHAT] - say how this program was started.
 *
 * Without WHAT one line: AT_SECURE, whether there is a vDSO, and the
 * securebits that interpreters ask for.  "wx": exit 0 if memory could be
 * written and then executed, 1 if not.
 */
#include <elf.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/prctl.h>

static int
write_and_execute(void)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (page == MAP_FAILED)
		return 2;
	memset(page, 0xc3, 4096);
	return mprotect(page, 4096, PROT_READ | PROT_EXEC) == 0 ? 0 : 1;
}

int
main(int argc, char *argv[])
{
	if (argc > 1 && strcmp(argv[1], "wx") == 0)
		return write_and_execute();
	printf("secure=%lu vdso=%s securebits=%#x\n", getauxval(AT_SECURE),
	    getauxval(AT_SYSINFO_EHDR) != 0 ? "shown" : "hidden",
	    (unsigned)prctl(PR_GET_SECUREBITS, 0L, 0L, 0L, 0L));
	return 0;
}

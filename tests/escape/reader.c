/*
 * reader - an interpreter that asks the kernel before it reads, as its
 * securebits want it to.  Row L6.
 *
 * usage: ESCAPE_MARK=FILE reader [SCRIPT | -c WORDS]
 *
 * What it reads, always "does" the same: it appends a byte to FILE.  Without a
 * word it reads its standard input.  Prints "read", or why it did not: the
 * errno of execveat(2) with AT_EXECVE_CHECK, or "interactive".
 *
 * usage: reader bits
 *
 *	Prints "asks", or "does not ask", or "cannot ask" on an older kernel.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "attack.h"

/* linux/fcntl.h and linux/securebits.h of Linux 6.14 */
#ifndef AT_EXECVE_CHECK
#define AT_EXECVE_CHECK 0x10000
#endif
#define RESTRICT_FILE    (1 << 8)
#define DENY_INTERACTIVE (1 << 10)

static char *const words[] = { (char *)"script", NULL };

static int bits;

static long
ask(int fd)
{
	return syscall(SYS_execveat, fd, "", words, environ,
	    AT_EMPTY_PATH | AT_EXECVE_CHECK);
}

static int
refuse(const char *why)
{
	printf("not read: %s\n", why);
	return CHILD_REFUSED;
}

static int
do_it(void)
{
	const char *name = getenv("ESCAPE_MARK");
	int fd = name == NULL
	             ? -1
	             : open(name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC,
			   0666);

	if (fd < 0 || write(fd, "x", 1) != 1)
		return ATTACK_UNTRIED;
	puts("read");
	return 0;
}

static int
read_script(int fd)
{
	char byte;

	if (fd < 0)
		return refuse(strerrorname_np(errno));
	if ((bits & RESTRICT_FILE) != 0 && ask(fd) < 0)
		return refuse(strerrorname_np(errno));
	if (read(fd, &byte, 1) < 0)
		return refuse(strerrorname_np(errno));
	return do_it();
}

/* A file on standard input is a script; what is typed there is not. */
static int
read_stdin(void)
{
	struct stat st;

	if (fstat(STDIN_FILENO, &st) == 0 && S_ISREG(st.st_mode))
		return read_script(STDIN_FILENO);
	return bits & DENY_INTERACTIVE ? refuse("interactive") : do_it();
}

static int
say_bits(void)
{
	int self = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	if (ask(self) < 0 && errno == EINVAL)
		puts("cannot ask");
	else
		puts(bits & RESTRICT_FILE ? "asks" : "does not ask");
	return 0;
}

int
main(int argc, char **argv)
{
	bits = prctl(PR_GET_SECUREBITS, 0L, 0L, 0L, 0L);
	if (argc < 2)
		return read_stdin();
	if (strcmp(argv[1], "bits") == 0)
		return say_bits();
	if (strcmp(argv[1], "-c") == 0)
		return bits & DENY_INTERACTIVE ? refuse("interactive")
		                               : do_it();
	return read_script(open(argv[1], O_RDONLY | O_CLOEXEC));
}

/*
 * abi - exec through another door of the kernel.  Row S1.
 *
 * usage: ESCAPE_MARK=FILE abi WAY FORBIDDEN
 *
 *	int80		execve of the 32-bit table, from a 64-bit program
 *	int80at		execveat of the same
 *	x32		execve of the x32 table
 *	x32at		execveat of the same
 *	x32plain	the 64-bit number of execve with the x32 bit
 *
 * A kernel without x32 answers ENOSYS, which shows as "exited 125" and the
 * word of the errno; that is no escape.
 */
#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "attack.h"

#define EXECVE_32    11 /* asm/unistd_32.h */
#define EXECVEAT_32  358
#define X32_BIT      0x40000000L
#define EXECVE_X32   (X32_BIT | 520) /* asm/unistd_x32.h */
#define EXECVEAT_X32 (X32_BIT | 545)
#define EXECVE_PLAIN (X32_BIT | SYS_execve)

/* What a 32-bit system call can point to: below 4 GiB. */
struct low {
	uint32_t argv[2];
	uint32_t envp[2];
	char path[4096];
	char env[4096];
};

static struct low *
make_low(const char *path)
{
	struct low *low = mmap(NULL, sizeof(*low), PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);

	if (low == MAP_FAILED)
		exec_failed();
	(void)snprintf(low->path, sizeof(low->path), "%s", path);
	(void)snprintf(low->env, sizeof(low->env), "ESCAPE_MARK=%s",
	    getenv("ESCAPE_MARK"));
	low->argv[0] = (uint32_t)(uintptr_t)low->path;
	low->envp[0] = (uint32_t)(uintptr_t)low->env;
	return low;
}

static void
int80(long number, long a, const void *b, const void *c, const void *d)
{
	long result;

	/* esi and edi: r8 to r11 are lost, edi is 0 (no flags). */
	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(number), "b"(a), "c"(b), "d"(c), "S"(d), "D"(0L)
			 : "r8", "r9", "r10", "r11", "memory");
	errno = (int)-result;
}

static void
try_way(char **argv)
{
	char *words[] = { argv[2], NULL };
	struct low *low = make_low(argv[2]);

	if (strcmp(argv[1], "int80") == 0)
		int80(EXECVE_32, (long)low->path, low->argv, low->envp, NULL);
	else if (strcmp(argv[1], "int80at") == 0)
		int80(EXECVEAT_32, AT_FDCWD, low->path, low->argv, low->envp);
	else if (strcmp(argv[1], "x32") == 0)
		(void)syscall(EXECVE_X32, argv[2], words, environ);
	else if (strcmp(argv[1], "x32at") == 0)
		(void)syscall(
		    EXECVEAT_X32, AT_FDCWD, argv[2], words, environ, 0);
	else if (strcmp(argv[1], "x32plain") == 0)
		(void)syscall(EXECVE_PLAIN, argv[2], words, environ);
}

int
main(int argc, char **argv)
{
	if (argc != 3) {
		fputs("usage: abi WAY FORBIDDEN\n", stderr);
		return ATTACK_UNTRIED;
	}
	return attack(try_way, argv);
}

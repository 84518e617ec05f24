/*
 * mem - write into the memory of another process of one's own.  Row X3.
 *
 * usage: mem victim FIFO
 *
 *	Prints "PID DATA CODE", its number and two addresses, waits for a line
 *	from FIFO, and prints whether it finds its data and its code changed.
 *
 * usage: mem WAY PID ADDRESS
 *
 *	mem		writes a byte to ADDRESS of PID by /proc/PID/mem
 *	writev		the same by process_vm_writev
 *	attach, seize	becomes its tracer
 *
 *	Prints "done", or the name of the errno.
 */
#include <fcntl.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/uio.h>

#include "attack.h"

#define DEADLINE_S 20

static volatile char data = 'a';
static char new = 'b';

/* A page that nobody may write to, as code is. */
static const char code[4096] __attribute__((aligned(4096))) = "a";

static int
victim(const char *fifo)
{
	const volatile char *there = code;
	char line[16];
	FILE *in;

	printf("%d %#jx %#jx\n", (int)getpid(), (uintmax_t)(uintptr_t)&data,
	    (uintmax_t)(uintptr_t)there);
	(void)fflush(stdout);
	(void)alarm(DEADLINE_S);
	in = fopen(fifo, "re");
	if (in == NULL || fgets(line, sizeof(line), in) == NULL)
		return ATTACK_UNTRIED;
	printf("data %s\n", data == 'a' ? "whole" : "changed");
	printf("code %s\n", *there == 'a' ? "whole" : "changed");
	return 0;
}

static long
by_mem(pid_t pid, uintptr_t address)
{
	char name[32];
	int fd;

	(void)snprintf(name, sizeof(name), "/proc/%d/mem", (int)pid);
	fd = open(name, O_RDWR | O_CLOEXEC);
	return fd < 0 ? -1 : pwrite(fd, &new, 1, (off_t)address);
}

static long
by_writev(pid_t pid, uintptr_t address)
{
	struct iovec from = { &new, 1 }, to = { (void *)address, 1 };

	return process_vm_writev(pid, &from, 1, &to, 1, 0);
}

static long
by_attach(pid_t pid, uintptr_t address __attribute__((unused)))
{
	return ptrace(PTRACE_ATTACH, pid, 0, 0);
}

static long
by_seize(pid_t pid, uintptr_t address __attribute__((unused)))
{
	return ptrace(PTRACE_SEIZE, pid, 0, 0);
}

static const struct way {
	const char *name;
	long (*try)(pid_t pid, uintptr_t address);
} ways[] = {
	{ "mem", by_mem },
	{ "writev", by_writev },
	{ "attach", by_attach },
	{ "seize", by_seize },
};

int
main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "victim") == 0)
		return victim(argv[2]);
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		if (argc == 4 && strcmp(ways[i].name, argv[1]) == 0) {
			long r = ways[i].try(atoi(argv[2]),
			    (uintptr_t)strtoull(argv[3], NULL, 0));

			puts(r >= 0 ? "done" : strerrorname_np(errno));
			return ATTACK_STOPPED;
		}
	fputs("usage: mem WAY PID ADDRESS\n", stderr);
	return ATTACK_UNTRIED;
}

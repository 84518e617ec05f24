/*
 * confined - what a taken-over inspector could still do.  Row G4.
 *
 * usage: confined CALL
 *
 * Gives up what the inspector gives up, by the inspector's own code, and makes
 * the system call that CALL names.  Prints "killed by signal 31" when that was
 * its end, "returned" when it was not.  "none" makes none.
 */
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "attack.h"
#include "inspector/confine.h"

#define SOCK 3

static const struct row {
	const char *name;
	long number;
	long args[6];
} rows[] = {
	{ "open", SYS_openat, { AT_FDCWD, (long)"/etc/passwd", O_RDONLY } },
	{ "socket", SYS_socket, { AF_INET, SOCK_STREAM } },
	{ "connect", SYS_connect, { SOCK } },
	{ "fork", SYS_clone, { SIGCHLD } },
	{ "vfork", SYS_vfork, { 0 } },
	{ "clone3", SYS_clone3, { 0 } },
	{ "execve", SYS_execve, { (long)"/bin/true" } },
	{ "execveat", SYS_execveat, { AT_FDCWD, (long)"/bin/true" } },
	{ "ptrace", SYS_ptrace, { PTRACE_TRACEME } },
	{ "kill", SYS_kill, { 1, 0 } },
	{ "tgkill", SYS_tgkill, { 1, 1, 0 } },
	{ "prctl", SYS_prctl, { 0 } },
	{ "setuid", SYS_setuid, { 0 } },
	{ "mmap", SYS_mmap,
	    { 0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
		MAP_PRIVATE | MAP_ANONYMOUS, -1 } },
	{ "mprotect", SYS_mprotect, { 0, 4096, PROT_EXEC } },
	{ "write", SYS_write, { SOCK, (long)"x", 1 } },
	{ "pwrite64", SYS_pwrite64, { SOCK, (long)"x", 1 } },
	{ "dup", SYS_dup, { SOCK } },
	{ "io_uring_setup", SYS_io_uring_setup, { 1 } },
	{ "memfd_create", SYS_memfd_create, { (long)"x" } },
	{ "process_vm_readv", SYS_process_vm_readv, { 1 } },
	{ "pidfd_open", SYS_pidfd_open, { 1 } },
	{ "unshare", SYS_unshare, { 0 } },
	{ "bpf", SYS_bpf, { 0 } },
	{ "seccomp", SYS_seccomp, { 0 } },
};

static const struct row *
find(const char *name)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(rows[i].name, name) == 0)
			return &rows[i];
	return NULL;
}

static _Noreturn void
try(const struct row *row)
{
	if (confine(SOCK) < 0)
		_exit(ATTACK_UNTRIED);
	if (row != NULL)
		(void)syscall(row->number, row->args[0], row->args[1],
		    row->args[2], row->args[3], row->args[4], row->args[5]);
	_exit(ATTACK_STOPPED);
}

int
main(int argc, char **argv)
{
	int ends[2], status = 0;
	pid_t child;

	if (argc != 2 ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0 ||
	    (ends[0] != SOCK && dup2(ends[0], SOCK) < 0)) {
		fputs("usage: confined CALL\n", stderr);
		return ATTACK_UNTRIED;
	}
	if (find(argv[1]) == NULL && strcmp(argv[1], "none") != 0) {
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
			puts(rows[i].name);
		return ATTACK_UNTRIED;
	}
	child = fork();
	if (child == 0)
		try(find(argv[1]));
	if (child < 0 || waitpid(child, &status, 0) != child)
		return ATTACK_UNTRIED;
	if (WIFSIGNALED(status))
		printf("killed by signal %d\n", WTERMSIG(status));
	else
		puts(WEXITSTATUS(status) == 0 ? "returned" : "unconfined");
	return ATTACK_STOPPED;
}

/*
 * filters - have a seccomp filter of one's own beside the guard's, and a tracer
 * that its SECCOMP_RET_TRACE calls.  Row S6.
 *
 * usage: filters naked
 *
 *	Asks for a filter without no_new_privs, by prctl(2) and by seccomp(2),
 *	and prints what each was answered with.
 *
 * usage: ESCAPE_MARK=FILE filters answer ACTION PROGRAM
 *
 *	Has a filter that answers every exec and every prctl(2) with ACTION
 *	(allow, log, trace, errno, trap, kill), and execs PROGRAM.  errno is
 *	EXDEV.
 *
 * usage: ESCAPE_MARK=FILE filters own PROGRAM
 *
 *	Traces a child whose filter gives getppid(2) to its tracer, makes an
 *	exec of PROGRAM of that, and then has it exec as others do.
 *
 * usage: filters puppet PROGRAM FIFO
 *
 *	Is that child, of whoever is its tracer when FIFO has a line.  Says
 *	"pid N" first, and how getppid(2) ended if it did.
 *
 * usage: filters master trace|suspend PID [root]
 *
 *	Is that tracer, or (suspend) one that takes every filter from PID.
 *	Prints "held", or the name of the errno.  root: becomes root before, as
 *	a set-id program can.
 */
#include <elf.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>

#include "attack.h"

#define DEADLINE_S 20

/* linux/ptrace.h, which sys/ptrace.h does not go with */
#define SUSPEND_SECCOMP (1UL << 21)

static const struct action {
	const char *name;
	uint32_t value;
} actions[] = {
	{ "allow", SECCOMP_RET_ALLOW },
	{ "log", SECCOMP_RET_LOG },
	{ "trace", SECCOMP_RET_TRACE },
	{ "errno", SECCOMP_RET_ERRNO | EXDEV },
	{ "trap", SECCOMP_RET_TRAP },
	{ "kill", SECCOMP_RET_KILL_PROCESS },
};

static const char *
outcome(long result)
{
	return result >= 0 ? "done" : strerrorname_np(errno);
}

static struct sock_filter all[] = {
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
};

static int
naked(void)
{
	struct sock_fprog program = { 1, all };
	long r = prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0);

	printf("prctl: %s\n", outcome(r));
	r = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
	printf("seccomp: %s\n", outcome(r));
	return ATTACK_STOPPED;
}

/* These calls are answered so, and all others allowed. */
static void
install(const long calls[3], uint32_t action)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)calls[0], 3, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)calls[1], 2, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)calls[2], 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_RET | BPF_K, action),
	};
	struct sock_fprog program = { 6, code };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) < 0) {
		perror("seccomp");
		_exit(ATTACK_UNTRIED);
	}
}

/* arg: ACTION PROGRAM */
static void
answer(char **arg)
{
	static const long calls[3] = { SYS_execve, SYS_execveat, SYS_prctl };
	char *words[] = { arg[1], NULL };
	size_t i = 0;

	while (i < sizeof(actions) / sizeof(actions[0]) &&
	       strcmp(actions[i].name, arg[0]) != 0)
		i++;
	if (i == sizeof(actions) / sizeof(actions[0]))
		_exit(ATTACK_UNTRIED);
	install(calls, actions[i].value);
	(void)execve(arg[1], words, environ);
}

/* The words of an exec stand ready in the registers: only the number of the
 * call is another's. */
static void
dance(char *program)
{
	static const long calls[3] = { SYS_getppid, SYS_getppid, SYS_getppid };
	char *words[] = { program, NULL };
	long r;

	install(calls, SECCOMP_RET_TRACE);
	r = syscall(SYS_getppid, program, words, environ);
	printf("getppid: %s\n", outcome(r));
	(void)fflush(stdout);
	(void)execve(program, words, environ);
}

static void
make_an_exec(pid_t pid)
{
	long number = SYS_execve;

#if defined(__x86_64__)
	(void)ptrace(PTRACE_POKEUSER, pid,
	    offsetof(struct user_regs_struct, orig_rax), number);
#elif defined(__aarch64__)
	int low = (int)number;
	struct iovec part = { &low, sizeof(low) };

	(void)ptrace(PTRACE_SETREGSET, pid, NT_ARM_SYSTEM_CALL, &part);
#endif
}

/* Let it go on at every stop, to its end. */
static int
lead(pid_t pid)
{
	int status = 0;

	while (waitpid(pid, &status, __WALL) == pid && WIFSTOPPED(status)) {
		int event = status >> 16;
		int number = WSTOPSIG(status);

		if (event == PTRACE_EVENT_SECCOMP)
			make_an_exec(pid);
		if (event != 0)
			number = 0;
		(void)ptrace(PTRACE_CONT, pid, 0, number);
	}
	return status;
}

/* arg: PROGRAM */
static int
own(char **arg)
{
	long before = mark_count();
	int status = 0;
	pid_t child;

	child = fork();
	if (child == 0) {
		(void)raise(SIGSTOP);
		dance(arg[0]);
		exec_failed();
	}
	(void)waitpid(child, &status, WUNTRACED);
	for (int i = 0; i < 2; i++) {
		unsigned long options = i == 0 ? SUSPEND_SECCOMP
		                               : PTRACE_O_TRACESECCOMP;

		printf("%s: %s\n", i == 0 ? "suspend" : "trace",
		    outcome(ptrace(PTRACE_SEIZE, child, 0, options)));
	}
	(void)fflush(stdout);
	(void)alarm(DEADLINE_S);
	(void)kill(child, SIGCONT);
	status = lead(child);
	return attack_result(before, status);
}

static int
master(unsigned long options, pid_t pid)
{
	(void)alarm(DEADLINE_S);
	if (ptrace(PTRACE_SEIZE, pid, 0, options) < 0) {
		puts(strerrorname_np(errno));
		return ATTACK_UNTRIED;
	}
	puts("held");
	(void)fflush(stdout);
	(void)lead(pid);
	return ATTACK_STOPPED;
}

static int
puppet(char *program, const char *fifo)
{
	char line[16];
	FILE *in;

	/* Yama lets only a parent trace, unless it is told otherwise. */
	(void)prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0);
	printf("pid %d\n", (int)getpid());
	(void)fflush(stdout);
	(void)alarm(DEADLINE_S);
	in = fopen(fifo, "re");
	if (in == NULL || fgets(line, sizeof(line), in) == NULL)
		return ATTACK_UNTRIED;
	(void)alarm(0);
	dance(program);
	exec_failed();
}

int
main(int argc, char **argv)
{
	const char *way = argc > 1 ? argv[1] : "";

	if (argc == 2 && strcmp(way, "naked") == 0)
		return naked();
	if (argc == 4 && strcmp(way, "answer") == 0)
		return attack(answer, argv + 2);
	if (argc == 3 && strcmp(way, "own") == 0)
		return own(argv + 2);
	if (argc == 4 && strcmp(way, "puppet") == 0)
		return puppet(argv[2], argv[3]);
	if (argc >= 4 && strcmp(way, "master") == 0) {
		if (argc == 5 && setresuid(0, 0, 0) < 0)
			return ATTACK_UNTRIED;
		return master(strcmp(argv[2], "suspend") == 0
				  ? SUSPEND_SECCOMP
				  : PTRACE_O_TRACESECCOMP,
		    atoi(argv[3]));
	}
	fputs("usage: see the source\n", stderr);
	return ATTACK_UNTRIED;
}

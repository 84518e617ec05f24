/*
 * tracer - be a tracer, or have one.
 *
 * usage: tracer traceme|attach|seize|writev [high] [root]
 *
 *	Becomes a tracee of its parent, or the tracer of a child, or (writev)
 *	writes into its memory.  Prints "done", or the name of the errno.  high:
 *with a bit set above those that the kernel looks at.  root: becomes root
 *before, as a set-id program can.
 *
 * usage: tracer hold PID
 *
 *	Seizes PID, prints "held", and lets it go on at every stop, to its end.
 *
 * usage: tracer look PID
 *
 *	The same, but goes away a moment after PID has begun to wait for the
 *	answer to its exec, as a guard does that looks whose PID is.
 *
 * usage: tracer exec PROGRAM FIFO
 *
 *	Prints "pid N", waits for a line from FIFO, and execs PROGRAM.
 *
 * usage: tracer fail PROGRAM signal|fork
 *
 *	Execs PROGRAM, which has to fail.  Prints the name of the errno, and
 *	whether it has a tracer: at once, and after a signal, or after a child
 *	(which prints it too) has come and gone.
 */
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>

#include "attack.h"

#define HIGH       ((unsigned long)(UINT64_C(1) << 32))
#define PATIENCE_S 5
#define LOOK_NS    20000000
#define DEADLINE_S 20

static pid_t target;
static unsigned long high;
static volatile char byte = 'a';

static const char *
outcome(long result)
{
	return result >= 0 ? "done" : strerrorname_np(errno);
}

static const char *
request(unsigned long number)
{
	return outcome(syscall(
	    SYS_ptrace, number | high, (unsigned long)target, 0UL, 0UL));
}

static const char *
way_traceme(void)
{
	return request(PTRACE_TRACEME);
}

static const char *
way_attach(void)
{
	return request(PTRACE_ATTACH);
}

static const char *
way_seize(void)
{
	return request(PTRACE_SEIZE);
}

static const char *
way_writev(void)
{
	char new = 'b';
	struct iovec from = { &new, 1 }, to = { (void *)(uintptr_t)&byte, 1 };

	return outcome(syscall(SYS_process_vm_writev,
	    (unsigned long)target | high, &from, 1UL, &to, 1UL, 0UL));
}

static const struct way {
	const char *name;
	const char *(*try)(void);
	bool has_target;
} ways[] = {
	{ "traceme", way_traceme, false },
	{ "attach", way_attach, true },
	{ "seize", way_seize, true },
	{ "writev", way_writev, true },
};

static int
become_tracer(const struct way *way, char **words)
{
	for (; *words != NULL; words++) {
		if (strcmp(*words, "high") == 0)
			high = HIGH;
		else if (strcmp(*words, "root") != 0 || setresuid(0, 0, 0) < 0)
			return ATTACK_UNTRIED;
	}
	if (way->has_target && (target = fork()) == 0)
		for (;;)
			(void)pause();
	puts(way->try());
	if (way->has_target)
		(void)kill(target, SIGKILL);
	return ATTACK_STOPPED;
}

static int
hold(pid_t pid)
{
	int status;

	(void)alarm(DEADLINE_S);
	if (ptrace(PTRACE_SEIZE, pid, 0, 0) < 0) {
		puts(strerrorname_np(errno));
		return ATTACK_UNTRIED;
	}
	puts("held");
	(void)fflush(stdout);
	while (waitpid(pid, &status, __WALL) == pid && WIFSTOPPED(status)) {
		bool is_event = status >> 16 != 0;
		unsigned long number = (unsigned long)WSTOPSIG(status);

		(void)ptrace(PTRACE_CONT, pid, 0, is_event ? 0 : number);
	}
	return 0;
}

/* Whether it waits for the answer to a question of its filter. */
static bool
is_asking(pid_t pid)
{
	char name[32], where[64] = "";
	FILE *wchan;

	(void)snprintf(name, sizeof(name), "/proc/%d/wchan", (int)pid);
	wchan = fopen(name, "re");
	if (wchan == NULL)
		return false;
	(void)!fgets(where, sizeof(where), wchan);
	(void)fclose(wchan);
	return strstr(where, "seccomp") != NULL;
}

static int
look(pid_t pid)
{
	const struct timespec moment = { 0, LOOK_NS };

	(void)alarm(DEADLINE_S);
	if (ptrace(PTRACE_SEIZE, pid, 0, 0) < 0) {
		puts(strerrorname_np(errno));
		return ATTACK_UNTRIED;
	}
	puts("held");
	(void)fflush(stdout);
	while (!is_asking(pid))
		(void)sched_yield();
	(void)nanosleep(&moment, NULL);
	return 0; /* the end of a tracer lets go */
}

static int
exec_when_told(char *program, const char *fifo)
{
	char *words[] = { program, NULL };
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
	(void)execve(program, words, environ);
	exec_failed();
}

static bool
has_tracer(void)
{
	FILE *status = fopen("/proc/self/status", "re");
	char line[256];
	int pid = -1;

	while (status != NULL && pid < 0 &&
	       fgets(line, sizeof(line), status) != NULL)
		(void)sscanf(line, "TracerPid: %d", &pid);
	if (status != NULL)
		(void)fclose(status);
	return pid != 0;
}

static void
say_whether_traced(const char *who)
{
	printf("%s: %s\n", who, has_tracer() ? "traced" : "free");
	(void)fflush(stdout);
}

static void
wait_until_free(void)
{
	time_t end = time(NULL) + PATIENCE_S;

	while (has_tracer() && time(NULL) <= end)
		(void)sched_yield();
}

static void
heard(int number __attribute__((unused)))
{
}

static int
fail(char *program, bool by_signal)
{
	char *words[] = { program, NULL };

	(void)signal(SIGUSR1, heard);
	(void)execve(program, words, environ);
	puts(strerrorname_np(errno));
	say_whether_traced("before");
	if (by_signal)
		(void)raise(SIGUSR1);
	else if (fork() == 0) {
		say_whether_traced("child");
		_exit(0);
	} else
		(void)wait(NULL);
	wait_until_free();
	say_whether_traced("after");
	return 0;
}

int
main(int argc, char **argv)
{
	for (size_t i = 0; argc > 1 && i < sizeof(ways) / sizeof(ways[0]); i++)
		if (strcmp(ways[i].name, argv[1]) == 0)
			return become_tracer(&ways[i], argv + 2);
	if (argc == 3 && strcmp(argv[1], "hold") == 0)
		return hold(atoi(argv[2]));
	if (argc == 3 && strcmp(argv[1], "look") == 0)
		return look(atoi(argv[2]));
	if (argc == 4 && strcmp(argv[1], "exec") == 0)
		return exec_when_told(argv[2], argv[3]);
	if (argc == 4 && strcmp(argv[1], "fail") == 0)
		return fail(argv[2], strcmp(argv[3], "signal") == 0);
	fputs("usage: see the source\n", stderr);
	return ATTACK_UNTRIED;
}

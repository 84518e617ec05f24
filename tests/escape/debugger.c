/*
 * debugger - a user's own tracer, and what it can do to a guard.
 *
 * usage: debugger storm PROGRAM N
 *
 *	N children, each of which becomes a tracee and execs PROGRAM, 50 at a
 *	time.  Prints "traced T", how many of them ended with status 0.
 *
 * usage: debugger stuck PROGRAM ROUNDS
 *
 *	Traces two threads of a process with three, and never hears them: the
 *	exec of one waits for the end of another, and the third execs as well.
 *	Prints "slowest N ms", the longest exec of PROGRAM by somebody else.
 *
 * usage: debugger vfork PROGRAM
 *
 *	Wants to trace a process that waits for its vfork, and so cannot stop.
 *	Prints what came of it, and "slowest N ms" as above.
 *
 * usage: debugger mutual
 *
 *	Leaves two processes behind that trace each other, and prints "done".
 */
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>

#include "common/clock.h"
#include "tracing.h"

#define DEADLINE_S 25
#define AT_ONCE    50
#define PROBES     3

static void *
shared(size_t size)
{
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED)
		untried("mmap");
	return at;
}

/* --- storm --------------------------------------------------------------- */

static int
storm(char *program, int n)
{
	char *words[] = { program, NULL };
	int n_alive = 0, n_good = 0, status;

	while (n > 0 || n_alive > 0) {
		pid_t pid;

		for (; n > 0 && n_alive < AT_ONCE; n--, n_alive++)
			if (fork() == 0) {
				if (ptrace(PTRACE_TRACEME, 0, 0, 0) < 0)
					_exit(CHILD_REFUSED);
				(void)execve(program, words, environ);
				_exit(CHILD_FAILED);
			}
		pid = wait(&status);
		if (WIFSTOPPED(status)) {
			(void)ptrace(PTRACE_CONT, pid, 0, 0);
			continue;
		}
		n_alive--;
		n_good += WIFEXITED(status) && WEXITSTATUS(status) == 0;
	}
	printf("traced %d\n", n_good);
	return ATTACK_STOPPED;
}

/* --- stuck and vfork ----------------------------------------------------- */

struct stage {
	char *program;
	atomic_int tids[2]; /* the threads that are to be traced */
	atomic_int go;
	int delay; /* turns of a loop until the leader execs */
};

static struct stage *stage;

static void
run_program(void)
{
	char *words[] = { stage->program, NULL };

	(void)execve(stage->program, words, environ);
}

/* The longest of a few execs by a process of our own. */
static long
slowest(void)
{
	long longest = 0;

	for (int i = 0; i < PROBES; i++) {
		uint64_t begin = clock_ms(CLOCK_MONOTONIC);
		long ms;
		int status;
		pid_t child = fork();

		if (child == 0) {
			run_program();
			_exit(CHILD_FAILED);
		}
		if (waitpid(child, &status, 0) != child || status != 0)
			untried("a probe");
		ms = (long)(clock_ms(CLOCK_MONOTONIC) - begin);
		if (ms > longest)
			longest = ms;
	}
	return longest;
}

static void *
thread(void *place)
{
	atomic_int *tid = place;

	*tid = (int)syscall(SYS_gettid);
	while (stage->go == 0)
		(void)sched_yield();
	if (tid == &stage->tids[0])
		run_program();
	(void)pause(); /* for ever: no signal is handled */
	return NULL;
}

static _Noreturn void
three_threads(void)
{
	pthread_t threads[2];

	for (int i = 0; i < 2; i++)
		(void)pthread_create(
		    &threads[i], NULL, thread, (void *)&stage->tids[i]);
	while (stage->go == 0)
		(void)sched_yield();
	for (volatile int i = 0; i < stage->delay; i++)
		;
	run_program();
	_exit(CHILD_FAILED);
}

/* Until nobody is left: a thread that is killed stops once more. */
static void
hear_all(void)
{
	int status;
	pid_t tid;

	while ((tid = waitpid(-1, &status, __WALL)) > 0)
		if (WIFSTOPPED(status))
			(void)ptrace(PTRACE_CONT, tid, 0, 0);
}

static long
stick_once(void)
{
	long longest;
	pid_t process;

	stage->tids[0] = stage->tids[1] = stage->go = 0;
	process = fork();
	if (process == 0)
		three_threads();
	while (stage->tids[0] == 0 || stage->tids[1] == 0)
		(void)sched_yield();
	if (ptrace(PTRACE_SEIZE, stage->tids[0], 0, 0) < 0 ||
	    ptrace(PTRACE_SEIZE, stage->tids[1], 0, PTRACE_O_TRACEEXIT) < 0) {
		int error = errno;

		(void)kill(process, SIGKILL);
		errno = error;
		untried("ptrace");
	}
	stage->go = 1;
	longest = slowest();
	(void)kill(process, SIGKILL);
	hear_all();
	return longest;
}

static int
stick(int rounds)
{
	long longest = 0;

	for (int i = 0; i < rounds; i++) {
		long ms;

		stage->delay = i * 997 % 20000;
		ms = stick_once();
		if (ms > longest)
			longest = ms;
	}
	printf("slowest %ld ms\n", longest);
	return ATTACK_STOPPED;
}

/* In a probe of its own, while others exec. */
static void
want(pid_t target)
{
	pid_t child = fork();

	if (child == 0) {
		long r = ptrace(PTRACE_SEIZE, target, 0, 0);

		stage->tids[0] = r < 0 ? errno : -1;
		_exit(0);
	}
}

static int
want_unstoppable(void)
{
	pid_t target = fork();
	long longest = 0;

	if (target == 0) {
		if (vfork() == 0) {
			stage->tids[1] = (int)getpid();
			stage->go = 1;
			for (;;)
				(void)pause();
		}
		_exit(0);
	}
	while (stage->go == 0)
		(void)sched_yield();
	want(target);
	while (stage->tids[0] == 0) {
		long ms = slowest();

		if (ms > longest)
			longest = ms;
	}
	printf("%s\nslowest %ld ms\n",
	    stage->tids[0] < 0 ? "done" : strerrorname_np(stage->tids[0]),
	    longest);
	(void)kill(stage->tids[1], SIGKILL);
	(void)kill(target, SIGKILL);
	return ATTACK_STOPPED;
}

/* --- mutual -------------------------------------------------------------- */

static _Noreturn void
trace_the_other(atomic_int *mine, const atomic_int *theirs)
{
	int nowhere = open("/dev/null", O_RDWR);

	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		(void)dup2(nowhere, fd);
	(void)setsid();
	*mine = (int)getpid();
	while (*theirs == 0)
		(void)sched_yield();
	stage->go += ptrace(PTRACE_SEIZE, *theirs, 0, 0) == 0;
	for (;;)
		(void)pause();
}

static int
mutual(void)
{
	uint64_t end = clock_ms(CLOCK_MONOTONIC) + 1000U * DEADLINE_S;

	for (int i = 0; i < 2; i++)
		if (fork() == 0)
			trace_the_other(&stage->tids[i], &stage->tids[1 - i]);
	while (stage->go < 2 && clock_ms(CLOCK_MONOTONIC) < end)
		(void)sched_yield();
	puts(stage->go == 2 ? "done" : "not traced");
	return ATTACK_STOPPED;
}

int
main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "";

	stage = shared(sizeof(*stage));
	stage->program = argv[2];
	if (argc == 4 && strcmp(mode, "storm") == 0)
		return storm(argv[2], atoi(argv[3]));
	if (argc == 4 && strcmp(mode, "stuck") == 0)
		return stick(atoi(argv[3]));
	if (argc == 3 && strcmp(mode, "vfork") == 0)
		return want_unstoppable();
	if (argc == 2 && strcmp(mode, "mutual") == 0)
		return mutual();
	fputs("usage: see the source\n", stderr);
	return ATTACK_UNTRIED;
}

/*
 * multitude - many processes that wait, and what they cost those beside them.
 *
 * usage: multitude FEW MANY ROUNDS PROGRAM
 *
 * Beside FEW processes that wait, and then beside MANY, does ROUNDS times each:
 * a fork; a spawn of PROGRAM; a signal to a process that answers.  Then the
 * MANY answer a signal, stop, continue and end, all at once.  Prints what one
 * took in microseconds, the least of ten medians, and what all took:
 *
 *	FEW processes: fork F, spawn S, signal G
 *	MANY processes: fork F, spawn S, signal G
 *	A answered, B stopped, C continued, D ended: M ms
 *
 * Status 1 when not all did, or not within 90 s.
 */
#include <stdbool.h>
#include <stdint.h>
#include <sys/prctl.h>

#include "attack.h"
#include "common/clock.h"

#define DEADLINE_S 90
#define PARTS      10

static int answers[2];
static char *program;
static pid_t *crowd, answerer;
static int n_crowd;

static void
answer(int signal)
{
	(void)signal;
	(void)!write(answers[1], "", 1);
}

/* A process that waits for signals, in that group (0: one of its own), until
 * its parent is gone. */
static pid_t
one_who_waits(pid_t group)
{
	pid_t parent = getpid(), pid = fork();

	if (pid < 0) {
		perror("fork");
		exit(ATTACK_UNTRIED);
	}
	if (pid > 0) {
		(void)setpgid(pid, group);
		return pid;
	}
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	while (getppid() == parent)
		(void)pause();
	_exit(1);
}

/* All in one group, which the first leads. */
static void
grow(int n)
{
	for (; n_crowd < n; n_crowd++)
		crowd[n_crowd] = one_who_waits(n_crowd > 0 ? crowd[0] : 0);
}

static bool
hear(int n)
{
	char bytes[4096];
	ssize_t r = 1;

	for (; n > 0 && r > 0; n -= (int)r)
		r = read(answers[0], bytes,
		    n < (int)sizeof(bytes) ? (size_t)n : sizeof(bytes));
	return n == 0;
}

static bool
ends_well(pid_t pid)
{
	int status;

	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

static bool
one_fork(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	return ends_well(pid);
}

static bool
one_spawn(void)
{
	char *words[] = { program, NULL };
	pid_t pid = vfork();

	if (pid == 0) {
		(void)execve(program, words, environ);
		_exit(CHILD_FAILED);
	}
	return ends_well(pid);
}

static bool
one_signal(void)
{
	return kill(answerer, SIGUSR1) == 0 && hear(1);
}

static int
compare(const void *a, const void *b)
{
	uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

	return (left > right) - (left < right);
}

/* The least: a busy machine makes nothing faster. */
static double
cost_us(bool (*once)(void), int rounds)
{
	uint64_t least = UINT64_MAX;
	int n = rounds / PARTS;
	uint64_t *took = calloc((size_t)n, sizeof(*took));

	for (int part = 0; part < PARTS && took != NULL; part++) {
		for (int i = 0; i < n; i++) {
			uint64_t began = clock_ns(CLOCK_MONOTONIC);

			if (!once())
				exit(ATTACK_ESCAPED);
			took[i] = clock_ns(CLOCK_MONOTONIC) - began;
		}
		qsort(took, (size_t)n, sizeof(*took), compare);
		if (took[n / 2] < least)
			least = took[n / 2];
	}
	free(took);
	return (double)least / 1000;
}

static void
measure(int rounds)
{
	printf("%d processes: fork %.0f, spawn %.0f, signal %.0f\n", n_crowd,
	    cost_us(one_fork, rounds), cost_us(one_spawn, rounds),
	    cost_us(one_signal, rounds));
	(void)fflush(stdout);
}

/* Signal the crowd; how many tell of it as they should. */
static int
signal_all(int signal, int options, int code)
{
	int n = 0;

	(void)kill(-crowd[0], signal);
	for (int i = 0; i < n_crowd; i++) {
		siginfo_t info = { 0 };

		n += waitid(P_PID, (id_t)crowd[i], &info, options) == 0 &&
		     info.si_code == code && info.si_status == signal;
	}
	return n;
}

static bool
all_at_once(void)
{
	uint64_t began = clock_ns(CLOCK_MONOTONIC);
	int n_stopped, n_continued, n_ended;

	(void)kill(-crowd[0], SIGUSR1);
	if (!hear(n_crowd))
		return false;
	n_stopped = signal_all(SIGSTOP, WSTOPPED, CLD_STOPPED);
	n_continued = signal_all(SIGCONT, WCONTINUED, CLD_CONTINUED);
	n_ended = signal_all(SIGTERM, WEXITED, CLD_KILLED);
	printf("%d answered, %d stopped, %d continued, %d ended: %d ms\n",
	    n_crowd, n_stopped, n_continued, n_ended,
	    (int)((clock_ns(CLOCK_MONOTONIC) - began) / 1000000));
	return n_stopped == n_crowd && n_continued == n_crowd &&
	       n_ended == n_crowd;
}

int
main(int argc, char **argv)
{
	const struct sigaction action = { .sa_handler = answer,
		.sa_flags = SA_RESTART };
	int few, many, rounds;

	if (argc != 5 || pipe(answers) < 0)
		return ATTACK_UNTRIED;
	few = atoi(argv[1]);
	many = atoi(argv[2]);
	rounds = atoi(argv[3]);
	program = argv[4];
	crowd = calloc((size_t)many, sizeof(*crowd));
	if (crowd == NULL)
		return ATTACK_UNTRIED;
	(void)alarm(DEADLINE_S);
	(void)sigaction(SIGUSR1, &action, NULL);
	answerer = one_who_waits(0);
	grow(few);
	measure(rounds);
	grow(many);
	measure(rounds);
	return all_at_once() ? ATTACK_STOPPED : ATTACK_ESCAPED;
}

/*
 * recycle - die while the guard looks, and have the pid taken by another.
 * Row R8.
 *
 * usage: recycle ROUNDS PROGRAM
 *
 * In each round a child execs PROGRAM and is killed a moment later; newcomers
 * that exec nothing are forked at once.  A newcomer that is killed, stopped
 * or attached to by a tracer that its parent has not is a win.  Who wants
 * the pids to be the same sees to it that /proc/sys/kernel/ns_last_pid is
 * written back all the time.  Prints
 *
 *	N rounds: P pids taken again, H newcomers hurt
 */
#include <stdbool.h>
#include <time.h>

#include "attack.h"

#define NEWCOMERS   8
#define LATEST_US   600
#define LIFE_MS     3
#define STATUS_FINE 42

static void
nap(long ns)
{
	struct timespec time = { 0, ns };

	(void)nanosleep(&time, NULL);
}

static long
tracer(void)
{
	FILE *status = fopen("/proc/self/status", "re");
	char line[256];
	long pid = -1;

	if (status == NULL)
		return -1;
	while (fgets(line, sizeof(line), status) != NULL)
		if (strncmp(line, "TracerPid:", 10) == 0)
			pid = strtol(line + 10, NULL, 10);
	(void)fclose(status);
	return pid;
}

static _Noreturn void
newcomer(long expected_tracer)
{
	for (int i = 0; i < LIFE_MS; i++) {
		nap(1000000);
		if (tracer() != expected_tracer)
			_exit(1);
	}
	_exit(STATUS_FINE);
}

static bool
is_fine(pid_t pid)
{
	int status = 0;

	return waitpid(pid, &status, WUNTRACED) == pid && WIFEXITED(status) &&
	       WEXITSTATUS(status) == STATUS_FINE;
}

static void
one_round(char *program, long *n_taken, long *n_hurt)
{
	char *words[] = { program, NULL };
	pid_t fresh[NEWCOMERS];
	pid_t victim = fork();

	if (victim == 0) {
		(void)execve(program, words, environ);
		_exit(CHILD_FAILED);
	}
	nap(random() % (LATEST_US * 1000));
	(void)kill(victim, SIGKILL);
	(void)waitpid(victim, NULL, 0);
	for (size_t i = 0; i < NEWCOMERS; i++) {
		long mine = tracer();

		fresh[i] = fork();
		if (fresh[i] == 0)
			newcomer(mine);
		*n_taken += fresh[i] == victim;
	}
	for (size_t i = 0; i < NEWCOMERS; i++)
		*n_hurt += !is_fine(fresh[i]);
}

int
main(int argc, char **argv)
{
	long n_taken = 0, n_hurt = 0;
	int rounds;

	if (argc != 3) {
		fputs("usage: recycle ROUNDS PROGRAM\n", stderr);
		return ATTACK_UNTRIED;
	}
	rounds = atoi(argv[1]);
	for (int i = 0; i < rounds; i++)
		one_round(argv[2], &n_taken, &n_hurt);
	printf("%d rounds: %ld pids taken again, %ld newcomers hurt\n", rounds,
	    n_taken, n_hurt);
	if (n_hurt > 0)
		puts("ESCAPED");
	return n_hurt > 0 ? ATTACK_ESCAPED : ATTACK_STOPPED;
}

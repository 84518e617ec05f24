/*
 * stops - stop, continue and kill a process at any moment of its exec.
 * Row R7.
 *
 * usage: stops ROUNDS PROGRAM
 *
 * In each round a child execs PROGRAM, and its parent sends it, after a
 * random time, one of
 *
 *	SIGKILL
 *	SIGSTOP SIGCONT
 *	SIGSTOP SIGKILL
 *	SIGSTOP SIGCONT, many times
 *
 * and then waits for its end.  Prints "N rounds: A ran, R refused, K killed",
 * or HUNG, with status 1, when a wait takes ten seconds.
 */
#include <time.h>

#include "attack.h"

#define DEADLINE_S 10
#define LATEST_US  2000 /* the exec is long over by then */
#define MANY       20

static int ran, refused, killed;

static void
hung(int sig __attribute__((unused)))
{
	static const char text[] = "HUNG\n";

	(void)!write(STDOUT_FILENO, text, sizeof(text) - 1);
	_exit(ATTACK_ESCAPED);
}

static void
pause_random(long up_to_us)
{
	struct timespec time = { 0, random() % (up_to_us * 1000) };

	(void)nanosleep(&time, NULL);
}

static void
batter(pid_t pid, int plan)
{
	pause_random(LATEST_US);
	if (plan == 0) {
		(void)kill(pid, SIGKILL);
		return;
	}
	for (int i = 0; i < (plan == 3 ? MANY : 1); i++) {
		(void)kill(pid, SIGSTOP);
		pause_random(LATEST_US / MANY);
		(void)kill(pid, plan == 2 ? SIGKILL : SIGCONT);
	}
}

static void
one_round(char *program, int plan)
{
	char *words[] = { program, NULL };
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		(void)execve(program, words, environ);
		exec_failed();
	}
	batter(pid, plan);
	(void)alarm(DEADLINE_S);
	(void)waitpid(pid, &status, 0);
	(void)alarm(0);
	if (WIFSIGNALED(status))
		killed++;
	else if (WEXITSTATUS(status) == CHILD_REFUSED)
		refused++;
	else if (WEXITSTATUS(status) == 0)
		ran++;
}

int
main(int argc, char **argv)
{
	int rounds;

	if (argc != 3) {
		fputs("usage: stops ROUNDS PROGRAM\n", stderr);
		return ATTACK_UNTRIED;
	}
	rounds = atoi(argv[1]);
	(void)signal(SIGALRM, hung);
	srandom((unsigned)time(NULL));
	for (int i = 0; i < rounds; i++)
		one_round(argv[2], i % 4);
	printf("%d rounds: %d ran, %d refused, %d killed\n", rounds, ran,
	    refused, killed);
	return ATTACK_STOPPED;
}

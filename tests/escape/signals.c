/*
 * signals - exec under ten thousand signals a second.  Row R6.
 *
 * usage: ESCAPE_MARK=FILE signals ROUNDS PROGRAM restart|retry
 *
 * In each round a child execs PROGRAM while its parent sends it SIGURG, which
 * is handled before the exec and ignored after it.  With restart the kernel
 * takes the system call up again by itself, with retry the child calls again
 * after EINTR.  Prints
 *
 *	N rounds: A ran, R refused, K killed
 *
 * and how often the mark grew; LIVELOCK, with status 1, when a round takes
 * ten seconds.
 */
#include <sys/prctl.h>
#include <time.h>

#include "attack.h"

#define PERIOD_NS  100000
#define DEADLINE_S 10

static int ran, refused, killed;

static void
handle(int sig __attribute__((unused)))
{
}

static _Noreturn void
child(char **argv)
{
	char *words[] = { argv[2], NULL };

	do
		(void)execve(argv[2], words, environ);
	while (errno == EINTR && strcmp(argv[3], "retry") == 0);
	exec_failed();
}

/* Signal pid until it has ended. */
static int
pester(pid_t pid)
{
	struct timespec period = { 0, PERIOD_NS };
	time_t deadline = time(NULL) + DEADLINE_S;
	int status = 0;

	while (waitpid(pid, &status, WNOHANG) == 0) {
		(void)kill(pid, SIGURG);
		(void)nanosleep(&period, NULL);
		if (time(NULL) > deadline) {
			puts("LIVELOCK");
			(void)kill(pid, SIGKILL);
			exit(ATTACK_ESCAPED);
		}
	}
	return status;
}

static void
one_round(char **argv)
{
	pid_t pid;
	int status;

	(void)fflush(stdout);
	pid = fork();
	if (pid == 0)
		child(argv);
	status = pester(pid);
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
	struct sigaction action = { .sa_handler = handle };
	long before = mark_count();
	int rounds;

	if (argc != 4) {
		fputs("usage: signals ROUNDS PROGRAM restart|retry\n", stderr);
		return ATTACK_UNTRIED;
	}
	rounds = atoi(argv[1]);
	if (strcmp(argv[3], "restart") == 0)
		action.sa_flags = SA_RESTART;
	(void)sigaction(SIGURG, &action, NULL);
	(void)prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);
	for (int i = 0; i < rounds; i++)
		one_round(argv);
	printf("%d rounds: %d ran, %d refused, %d killed\n", rounds, ran,
	    refused, killed);
	printf("%ld marks\n", mark_count() - before);
	return ATTACK_STOPPED;
}

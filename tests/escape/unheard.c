/*
 * unheard - let children crash of whose birth the guard is not told.  The
 * limit of row C3.
 *
 * usage: unheard WAY
 *
 *	leader		forked by the first thread: it is told of those
 *	thread		forked by another thread
 *	untraced	made by clone(2) with CLONE_UNTRACED
 *	signal		made by clone(2) with another exit signal than SIGCHLD
 *	none		none at all
 *
 * CHILDREN of them die of SIGABRT, one after the other.  Prints how many did.
 */
#include <pthread.h>
#include <sched.h>
#include <sys/syscall.h>

#include "attack.h"

#define CHILDREN 8

static int n_crashed;

static pid_t
plain(void)
{
	return fork();
}

static pid_t
untraced(void)
{
	return (pid_t)syscall(
	    SYS_clone, CLONE_UNTRACED | SIGCHLD, 0, NULL, NULL, 0);
}

static pid_t
signalling(void)
{
	return (pid_t)syscall(SYS_clone, SIGUSR2, 0, NULL, NULL, 0);
}

static void
crash_all(pid_t (*make)(void))
{
	for (int i = 0; i < CHILDREN; i++) {
		int status = 0;
		pid_t child = make();

		if (child == 0)
			abort();
		(void)waitpid(child, &status, __WALL);
		n_crashed += WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
	}
}

static void *
crash_plainly(void *unused)
{
	crash_all(plain);
	return unused;
}

int
main(int argc, char **argv)
{
	const char *way = argc == 2 ? argv[1] : "none";
	pthread_t thread;

	(void)signal(SIGUSR2, SIG_IGN);
	if (strcmp(way, "leader") == 0)
		crash_all(plain);
	else if (strcmp(way, "untraced") == 0)
		crash_all(untraced);
	else if (strcmp(way, "signal") == 0)
		crash_all(signalling);
	else if (strcmp(way, "thread") == 0) {
		if (pthread_create(&thread, NULL, crash_plainly, NULL) != 0)
			return ATTACK_UNTRIED;
		(void)pthread_join(thread, NULL);
	}
	printf("%d crashed\n", n_crashed);
	return ATTACK_STOPPED;
}

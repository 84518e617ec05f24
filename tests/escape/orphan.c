/*
 * orphan - a process that nobody was told of runs a program.  Row S4.
 *
 * usage: ESCAPE_MARK=FILE orphan WAY FORBIDDEN
 *
 *	untraced	a child made with clone and CLONE_UNTRACED
 *	untraced3	the same with clone3
 *	thread		an untraced thread of such a child
 *	double		a grandchild whose parent is gone
 *	setsid		the same in a session of its own
 */
#include <linux/sched.h>
#include <sched.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "attack.h"

static char *const words[] = { (char *)"forbidden", NULL };
static const char *forbidden;
static char stack[65536] __attribute__((aligned(16)));

static int
run(void *unused __attribute__((unused)))
{
	(void)execve(forbidden, words, environ);
	exec_failed();
}

static pid_t
untraced(void)
{
	return (pid_t)syscall(
	    SYS_clone, CLONE_UNTRACED | SIGCHLD, 0, NULL, NULL, 0);
}

static pid_t
untraced3(void)
{
	struct clone_args args = {
		.flags = CLONE_UNTRACED,
		.exit_signal = SIGCHLD,
	};

	return (pid_t)syscall(SYS_clone3, &args, sizeof(args));
}

static pid_t
untraced_thread(void)
{
	pid_t child = untraced();

	if (child != 0)
		return child;
	(void)clone(run, stack + sizeof(stack),
	    CLONE_UNTRACED | CLONE_VM | CLONE_THREAD | CLONE_SIGHAND, NULL);
	for (;;)
		(void)pause();
}

/* The parent of what it returns to as a child is gone by then. */
static pid_t
orphaned(void)
{
	pid_t parent = getpid();
	pid_t child = fork();

	if (child != 0)
		return child;
	if (fork() != 0)
		_exit(0);
	while (getppid() != parent)
		(void)sched_yield();
	return 0;
}

static pid_t
detached(void)
{
	pid_t child = orphaned();

	if (child == 0)
		(void)setsid();
	return child;
}

static const struct way {
	const char *name;
	pid_t (*fork)(void);
} ways[] = {
	{ "untraced", untraced },
	{ "untraced3", untraced3 },
	{ "thread", untraced_thread },
	{ "double", orphaned },
	{ "setsid", detached },
};

int
main(int argc, char **argv)
{
	long before = mark_count();
	int status = 0;

	for (size_t i = 0; argc == 3 && i < sizeof(ways) / sizeof(ways[0]); i++)
		if (strcmp(ways[i].name, argv[1]) == 0) {
			forbidden = argv[2];
			/* An orphan comes back to us: we hear of its end. */
			(void)prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
			if (ways[i].fork() == 0)
				run(NULL);
			while (wait(&status) > 0)
				;
			return attack_result(before, status);
		}
	fputs("usage: orphan WAY FORBIDDEN\n", stderr);
	return ATTACK_UNTRIED;
}

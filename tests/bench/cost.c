/*
 * cost WHAT N - what one operation costs here, in nanoseconds.
 *
 *	spawn    vfork, execve of /bin/true, wait
 *	library  the same of /usr/bin/python3 -c pass
 *	fork     fork, _exit, wait
 *	thread   create and join one
 *	signal   kill(2) to ourselves, handled by the main thread
 *
 * Prints one number.  A first tenth of the rounds is not counted.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define N_MAX 100000000L

static volatile sig_atomic_t n_heard;

static int
wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -ECHILD;
}

static int
run(char *const argv[])
{
	char *const envp[] = { NULL };
	pid_t pid = vfork();

	if (pid == 0) {
		(void)execve(argv[0], argv, envp);
		_exit(127);
	}
	return pid < 0 ? -errno : wait_for(pid);
}

static int
cost_spawn(void)
{
	char program[] = "/bin/true";
	char *const argv[] = { program, NULL };

	return run(argv);
}

static int
cost_library(void)
{
	char program[] = "/usr/bin/python3", option[] = "-c", text[] = "pass";
	char *const argv[] = { program, option, text, NULL };

	return run(argv);
}

static int
cost_fork(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	return pid < 0 ? -errno : wait_for(pid);
}

static void *
idle(void *nothing)
{
	return nothing;
}

static int
cost_thread(void)
{
	pthread_t thread;
	int error = pthread_create(&thread, NULL, idle, NULL);

	if (error == 0)
		error = pthread_join(thread, NULL);
	return -error;
}

static void
hear(int number)
{
	(void)number;
	n_heard = 1;
}

static int
cost_signal(void)
{
	n_heard = 0;
	if (kill(getpid(), SIGUSR1) < 0)
		return -errno;
	while (n_heard == 0)
		continue; /* delivered before kill returns: kill(2), NOTES */
	return 0;
}

static const struct what {
	const char *name;
	int (*once)(void);
} whats[] = {
	{ "spawn", cost_spawn },
	{ "library", cost_library },
	{ "fork", cost_fork },
	{ "thread", cost_thread },
	{ "signal", cost_signal },
};

static int
repeat(const struct what *what, long n)
{
	int r = 0;

	for (long i = 0; r == 0 && i < n; i++)
		r = what->once();
	return r;
}

static int
measure(const struct what *what, long n)
{
	struct timespec from, to;
	double ns;
	int r = repeat(what, n / 10);

	(void)clock_gettime(CLOCK_MONOTONIC, &from);
	if (r == 0)
		r = repeat(what, n);
	(void)clock_gettime(CLOCK_MONOTONIC, &to);
	if (r < 0) {
		(void)fprintf(
		    stderr, "cost: %s: %s\n", what->name, strerror(-r));
		return 1;
	}
	ns = (double)(to.tv_sec - from.tv_sec) * 1e9 +
	     (double)(to.tv_nsec - from.tv_nsec);
	printf("%.0f\n", ns / (double)n);
	return 0;
}

int
main(int argc, char *argv[])
{
	struct sigaction action = { .sa_handler = hear };
	long n = argc == 3 ? strtol(argv[2], NULL, 10) : 0;

	(void)sigaction(SIGUSR1, &action, NULL);
	for (size_t i = 0; i < sizeof(whats) / sizeof(whats[0]); i++)
		if (n > 0 && n <= N_MAX && strcmp(argv[1], whats[i].name) == 0)
			return measure(&whats[i], n);
	(void)fprintf(
	    stderr, "usage: cost spawn|library|fork|thread|signal N\n");
	return 2;
}

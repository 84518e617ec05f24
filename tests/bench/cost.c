/*
 * cost WHAT N [PROGRAM] - what one operation costs here, in nanoseconds.
 *
 *	spawn    vfork, execve of PROGRAM (/bin/true), wait
 *	python   the same of /usr/bin/python3 -c pass
 *	fork     fork, _exit, wait
 *	thread   create and join one
 *	signal   kill(2) to ourselves, handled by the main thread
 *
 * Prints one number.  A first tenth of the rounds is not counted.
 *
 * cost command PROGRAM [ARG...] - what this takes, once.
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
static char *program = "/bin/true";

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
	pid_t pid = vfork();

	if (pid == 0) {
		(void)execvp(argv[0], argv);
		_exit(127);
	}
	return pid < 0 ? -errno : wait_for(pid);
}

static int
cost_spawn(void)
{
	char *const argv[] = { program, NULL };

	return run(argv);
}

static int
cost_python(void)
{
	char python[] = "/usr/bin/python3", option[] = "-c", text[] = "pass";
	char *const argv[] = { python, option, text, NULL };

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
	{ "python", cost_python },
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

static double
now_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static int
blame(const char *what, int error)
{
	(void)fprintf(stderr, "cost: %s: %s\n", what, strerror(-error));
	return 1;
}

static int
measure(const struct what *what, long n)
{
	int r = repeat(what, n / 10);
	double from = now_ns(), to;

	if (r == 0)
		r = repeat(what, n);
	to = now_ns();
	if (r < 0)
		return blame(what->name, r);
	printf("%.0f\n", (to - from) / (double)n);
	return 0;
}

static int
measure_command(char *const argv[])
{
	double from = now_ns(), to;
	int r = run(argv);

	to = now_ns();
	if (r < 0)
		return blame(argv[0], r);
	printf("%.0f\n", to - from);
	return 0;
}

int
main(int argc, char *argv[])
{
	struct sigaction action = { .sa_handler = hear };
	long n = argc >= 3 ? strtol(argv[2], NULL, 10) : 0;

	if (argc >= 3 && strcmp(argv[1], "command") == 0)
		return measure_command(argv + 2);
	if (argc == 4)
		program = argv[3];
	(void)sigaction(SIGUSR1, &action, NULL);
	for (size_t i = 0; i < sizeof(whats) / sizeof(whats[0]); i++)
		if (n > 0 && n <= N_MAX && strcmp(argv[1], whats[i].name) == 0)
			return measure(&whats[i], n);
	(void)fprintf(stderr,
	    "usage: cost spawn|python|fork|thread|signal N [PROGRAM]\n"
	    "       cost command PROGRAM [ARG...]\n");
	return 2;
}

/*
 * throngs - many threads that exec, and signals that come in between.
 *
 * usage: throngs PROGRAM	that ends with 0
 */
#include <pthread.h>
#include <spawn.h>
#include <sys/time.h>
#include <time.h>

#include "transcript.h"

#define THREADS 64
#define ROUNDS  10

static char *program;

static void
runs(void)
{
	(void)execl(program, program, NULL);
	_exit(1);
}

static pthread_barrier_t start;

static void
start_threads(void *(*body)(void *), pthread_t threads[THREADS])
{
	pthread_attr_t small;

	(void)pthread_barrier_init(&start, NULL, THREADS);
	(void)pthread_attr_init(&small);
	(void)pthread_attr_setstacksize(&small, 65536);
	for (size_t i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], &small, body, NULL) != 0)
			say("no thread");
}

static void *
execs_at_once(void *unused)
{
	(void)pthread_barrier_wait(&start);
	runs();
	return unused;
}

static void
many_exec(void)
{
	pthread_t threads[THREADS];

	start_threads(execs_at_once, threads);
	(void)pthread_join(threads[0], NULL);
}

static void
threads_exec(void)
{
	int n = 0, status;

	for (int i = 0; i < ROUNDS; i++)
		n += waitpid(child_who(many_exec), &status, 0) > 0 &&
		     status == 0;
	say("%d of %d", n, ROUNDS);
}

static bool
spawn_one(bool has_vfork)
{
	char *words[] = { program, NULL };
	int status = -1;
	pid_t pid = 0;

	if (has_vfork) {
		pid = vfork();
		if (pid == 0) {
			(void)execv(program, words);
			_exit(1);
		}
	} else if (posix_spawn(&pid, program, NULL, NULL, words, environ) != 0)
		return false;
	return waitpid(pid, &status, 0) == pid && status == 0;
}

static int n_spawned;

static void *
spawns(void *unused)
{
	(void)pthread_barrier_wait(&start);
	for (int i = 0; i < ROUNDS; i++)
		if (spawn_one(i % 2 == 0))
			(void)__atomic_add_fetch(
			    &n_spawned, 1, __ATOMIC_RELAXED);
	return unused;
}

static void
threads_spawn(void)
{
	pthread_t threads[THREADS];

	start_threads(spawns, threads);
	for (size_t i = 0; i < THREADS; i++)
		(void)pthread_join(threads[i], NULL);
	say("%d of %d", n_spawned, THREADS * ROUNDS);
}

static void
hear(int signal)
{
	(void)signal;
}

static void
say_sleep(int ms, int restart)
{
	const struct sigaction action = { .sa_handler = hear,
		.sa_flags = restart };
	const struct itimerval soon = { .it_value = { .tv_usec = 50000 } };
	const struct itimerval never = { .it_value = { .tv_sec = 0 } };
	struct timespec time = { ms / 1000, ms % 1000 * 1000000L },
			left = { 0 };
	int r;

	(void)sigaction(SIGALRM, &action, NULL);
	(void)setitimer(ITIMER_REAL, &soon, NULL);
	r = nanosleep(&time, &left);
	(void)setitimer(ITIMER_REAL, &never, NULL);
	say("sleep: %s, %s left", r < 0 ? strerror(errno) : "done",
	    left.tv_sec + left.tv_nsec > 0 ? "some" : "nothing");
}

static void
sleeps_on(void)
{
	struct timespec time = { 0, 200000000 };

	say("sleep: %d", nanosleep(&time, NULL));
}

/* Neither a stop nor a signal that is ignored ends a sleep. */
static void
sleeps(void)
{
	pid_t pid;

	say_sleep(10000, 0);
	say_sleep(10000, SA_RESTART);
	say_sleep(10, 0);
	pid = child_who(sleeps_on);
	for (int i = 0; i < 10; i++) {
		(void)kill(pid, SIGSTOP);
		(void)waitpid(pid, NULL, WUNTRACED);
		(void)kill(pid, SIGCONT);
		(void)kill(pid, SIGURG);
		(void)kill(pid, SIGWINCH);
	}
	say_wait(pid, WEXITED);
}

/* Wherever in its exec the stop finds it. */
static void
stopped_in_exec(void)
{
	int n_stopped = 0, n_ended = 0, status;

	for (int i = 0; i < 100; i++) {
		pid_t pid = child_who(runs);

		(void)usleep((useconds_t)i * 20);
		(void)kill(pid, SIGSTOP);
		status = 0;
		(void)waitpid(pid, &status, WUNTRACED);
		if (WIFSTOPPED(status)) {
			n_stopped++;
			(void)kill(pid, SIGCONT);
			(void)waitpid(pid, &status, 0);
		}
		n_ended += status == 0;
	}
	say("%s stopped, %d ended well", n_stopped > 0 ? "some" : "none",
	    n_ended);
}

static const struct fact facts[] = {
	{ "64 threads exec at once", threads_exec },
	{ "64 threads spawn at once", threads_spawn },
	{ "sleep", sleeps },
	{ "stopped while it execs", stopped_in_exec },
};

int
main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	program = argv[1];
	return show_all(facts, LENGTH(facts));
}

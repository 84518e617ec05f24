/*
 * threads - exec from threads other than the first.  Row S7.
 *
 * usage: ESCAPE_MARK=FILE threads WAY FORBIDDEN
 *
 *	second		a thread that is not the leader
 *	leaderless	the same while the leader ends, and after
 *	crowd		64 threads at once
 *
 * With a program that may run, ESCAPED says that it did, as it should.
 */
#include <pthread.h>
#include <stdbool.h>

#include "attack.h"

#define CROWD 64

static char *const words[] = { (char *)"forbidden", NULL };
static const char *forbidden;
static pthread_barrier_t start;

static void *
run(void *is_last)
{
	(void)pthread_barrier_wait(&start);
	(void)execve(forbidden, words, environ);
	if (*(const bool *)is_last)
		exec_failed();
	return NULL;
}

static void
start_threads(unsigned n)
{
	static bool is_last = true, is_one_of_many = false;
	pthread_attr_t small;
	pthread_t thread;

	(void)pthread_barrier_init(&start, NULL, n + 1);
	(void)pthread_attr_init(&small);
	(void)pthread_attr_setstacksize(&small, 65536);
	for (unsigned i = 0; i < n; i++)
		if (pthread_create(&thread, &small, run,
			n == 1 ? &is_last : &is_one_of_many) != 0)
			exec_failed();
}

static void
try_way(char **argv)
{
	bool is_leaderless = strcmp(argv[1], "leaderless") == 0;

	forbidden = argv[2];
	start_threads(strcmp(argv[1], "crowd") == 0 ? CROWD : 1);
	(void)pthread_barrier_wait(&start);
	if (is_leaderless || strcmp(argv[1], "crowd") == 0)
		pthread_exit(NULL); /* the process ends with its last thread */
	for (;;)
		(void)pause();
}

int
main(int argc, char **argv)
{
	if (argc != 3) {
		fputs("usage: threads WAY FORBIDDEN\n", stderr);
		return ATTACK_UNTRIED;
	}
	return attack(try_way, argv);
}

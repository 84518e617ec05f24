/*
 * endurance_static - many execs, one after another.
 *
 * usage: endurance_static FIRST ROUNDS WORKERS
 *
 * WORKERS processes run this program (without a word: it ends at once) FIRST
 * times in all, print "begun" and wait for a line on stdin; then ROUNDS times,
 * print what each tenth of them took in microseconds, as the least of ten
 * medians, and how many a second there were,
 *
 *	tenth N: M us, R a second
 *
 * print "ended" and wait again.  Status 1 when one does not run.
 */
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>

#include "attack.h"
#include "common/clock.h"

#define PARTS 10

static uint64_t *took; /* shared by all workers */
static char *program;

static bool
spawn(void)
{
	char *words[] = { program, NULL };
	int status;
	pid_t pid = vfork();

	if (pid == 0) {
		(void)execve(program, words, environ);
		_exit(CHILD_FAILED);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

static _Noreturn void
work(size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		uint64_t began = clock_ns(CLOCK_MONOTONIC);

		if (!spawn())
			_exit(1);
		took[i] = clock_ns(CLOCK_MONOTONIC) - began;
	}
	_exit(0);
}

/* Returns how long it took in all. */
static uint64_t
run(size_t n, size_t workers)
{
	uint64_t began = clock_ns(CLOCK_MONOTONIC);

	for (size_t i = 0; i < workers; i++)
		if (fork() == 0)
			work(n * i / workers, n * (i + 1) / workers);
	for (size_t i = 0; i < workers; i++) {
		int status;

		if (wait(&status) < 0 || status != 0) {
			puts("one did not run");
			exit(ATTACK_ESCAPED);
		}
	}
	return clock_ns(CLOCK_MONOTONIC) - began;
}

static int
compare(const void *a, const void *b)
{
	uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

	return (left > right) - (left < right);
}

static uint64_t
least_median(size_t n)
{
	uint64_t least = UINT64_MAX;

	for (size_t part = 0; part < PARTS; part++) {
		uint64_t *first = took + n * part / PARTS;

		qsort(first, n / PARTS, sizeof(*first), compare);
		if (first[n / PARTS / 2] < least)
			least = first[n / PARTS / 2];
	}
	return least;
}

static void
say_and_wait(const char *word)
{
	char line[64];

	puts(word);
	(void)fflush(stdout);
	(void)!read(STDIN_FILENO, line, sizeof(line));
}

int
main(int argc, char **argv)
{
	size_t first, n, workers;

	if (argc != 4)
		return 0;
	program = argv[0];
	first = strtoul(argv[1], NULL, 10);
	n = strtoul(argv[2], NULL, 10) / PARTS;
	workers = strtoul(argv[3], NULL, 10);
	took = mmap(NULL, (n > first ? n : first) * sizeof(*took),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (took == MAP_FAILED)
		return ATTACK_UNTRIED;
	(void)run(first, workers);
	say_and_wait("begun");
	for (int i = 1; i <= PARTS; i++) {
		uint64_t ns = run(n, workers);

		printf("tenth %d: %lu us, %lu a second\n", i,
		    (unsigned long)(least_median(n) / 1000),
		    (unsigned long)(n * 1000000000 / ns));
		(void)fflush(stdout);
	}
	say_and_wait("ended");
	return 0;
}

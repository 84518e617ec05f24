/*
 * barrage - start programs that a guard cannot know yet, from many processes.
 * Rows G1 and G4.
 *
 * usage: ESCAPE_MARK=FILE barrage WORKERS SECONDS GOOD BAD
 *
 * Each worker has copies of GOOD and BAD in the current folder, and a script
 * for BAD to read.  Before each exec the file is changed (its mode), so that
 * what was known of it is not true any more.  BAD leaves a mark.  Prints
 *
 *	N ran, U good refused, B bad refused, K killed, O ended otherwise,
 *	longest M ms
 *
 * and ESCAPED, with status 1, if there was a mark.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <time.h>

#include "attack.h"

enum file {
	GOOD,
	BAD,
	SCRIPT,
	FILES,
};

struct score {
	int n_ran, n_unjust, n_just, n_killed, n_other;
	long longest_ms;
};

static struct score *scores; /* shared: one for each worker */
static char names[FILES][32];

static long
now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void
check(bool is_good, const char *what)
{
	if (is_good)
		return;
	perror(what);
	_exit(ATTACK_UNTRIED);
}

static int
create(const char *name)
{
	(void)unlink(name);
	return open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
}

static void
copy(const char *from, const char *to)
{
	int in = open(from, O_RDONLY | O_CLOEXEC);
	int out = create(to);
	char bytes[65536];
	ssize_t n;

	check(in >= 0, from);
	check(out >= 0, to);
	while ((n = read(in, bytes, sizeof(bytes))) > 0)
		check(write(out, bytes, (size_t)n) == n, to);
	(void)close(in);
	(void)close(out);
}

static void
prepare(int worker, char **files)
{
	int fd;

	for (int i = 0; i < FILES; i++)
		(void)snprintf(
		    names[i], sizeof(names[i]), "./storm-%d-%d", worker, i);
	copy(files[GOOD], names[GOOD]);
	copy(files[BAD], names[BAD]);
	fd = create(names[SCRIPT]);
	check(fd >= 0 && dprintf(fd, "#!%s\n", names[BAD] + 2) > 0, "script");
	(void)close(fd);
}

static void
one(enum file which, int round, struct score *score)
{
	char *words[] = { names[which], NULL };
	long began = now_ms(), took;
	int status = 0;
	pid_t child;

	check(chmod(names[which], round % 2 ? 0755 : 0555) == 0, "chmod");
	child = fork();
	check(child >= 0, "fork");
	if (child == 0) {
		(void)execv(names[which], words);
		exec_failed();
	}
	check(waitpid(child, &status, 0) == child, "waitpid");
	took = now_ms() - began;
	if (took > score->longest_ms)
		score->longest_ms = took;
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
		score->n_killed++;
	else if (status == 0)
		score->n_ran++;
	else if (WIFEXITED(status) && WEXITSTATUS(status) == CHILD_REFUSED)
		*(which == GOOD ? &score->n_unjust : &score->n_just) += 1;
	else
		score->n_other++;
}

static _Noreturn void
work(int worker, long seconds, char **files)
{
	long end = now_ms() + seconds * 1000;

	prepare(worker, files);
	for (int round = 0; now_ms() < end; round++)
		for (int i = 0; i < FILES; i++)
			one((enum file)i, round, &scores[worker]);
	_exit(0);
}

static void
add(struct score *sum, const struct score *one_more)
{
	sum->n_ran += one_more->n_ran;
	sum->n_unjust += one_more->n_unjust;
	sum->n_just += one_more->n_just;
	sum->n_killed += one_more->n_killed;
	sum->n_other += one_more->n_other;
	if (one_more->longest_ms > sum->longest_ms)
		sum->longest_ms = one_more->longest_ms;
}

/* All of them.  Returns how many could not work. */
static int
run(int workers, long seconds, char **files)
{
	int n_idle = 0, status = 0;

	(void)fflush(stdout);
	for (int i = 0; i < workers; i++) {
		pid_t worker = fork();

		check(worker >= 0, "fork");
		if (worker == 0)
			work(i, seconds, files);
	}
	while (wait(&status) > 0)
		n_idle += status != 0;
	return n_idle;
}

int
main(int argc, char **argv)
{
	long before = mark_count();
	struct score sum = { 0 };
	int workers;

	if (argc != 5) {
		fputs("usage: storm WORKERS SECONDS GOOD BAD\n", stderr);
		return ATTACK_UNTRIED;
	}
	workers = atoi(argv[1]);
	scores = mmap(NULL, (size_t)workers * sizeof(*scores),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	check(scores != MAP_FAILED, "mmap");
	puts("begun");
	if (run(workers, atol(argv[2]), argv + 3) != 0)
		return ATTACK_UNTRIED;
	for (int i = 0; i < workers; i++)
		add(&sum, &scores[i]);
	printf("%d ran, %d good refused, %d bad refused, %d killed, %d "
	       "ended otherwise, longest %ld ms\n",
	    sum.n_ran, sum.n_unjust, sum.n_just, sum.n_killed, sum.n_other,
	    sum.longest_ms);
	if (mark_count() == before)
		return ATTACK_STOPPED;
	puts("ESCAPED");
	return ATTACK_ESCAPED;
}

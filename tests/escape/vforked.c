/*
 * vforked - exec in a thread that holds its leader up as vfork(2) does.
 * Row R2.
 *
 * usage: ESCAPE_MARK=FILE vforked ROUNDS ALLOWED FORBIDDEN
 *
 * In each round a child clones a thread with CLONE_VFORK, which a tracer
 * hears of as if it were a new process, and this thread execs a name that a
 * sibling keeps switching between ALLOWED and FORBIDDEN.  There is noise, for
 * the tracer to hear of the thread late.  Prints
 *
 *	N rounds: A allowed ran, R refused, K killed, F forbidden ran
 *
 * and ESCAPED, with status 1, unless F is 0.
 */
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>

#include "attack.h"
#include "noise.h"
#include "race.h"
#include "race_path.h"
#include "race_score.h"

#define TRIES 1000 /* a name caught half written is tried again */

static char stack[65536] __attribute__((aligned(16)));

static pid_t
start_flipping(struct race *r)
{
	pid_t child = fork();

	if (child < 0)
		die("fork");
	if (child == 0)
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	while (child == 0)
		flip_path(r, 0);
	return child;
}

static int
thread(void *race)
{
	struct race *r = race;
	char *words[] = { (char *)(uintptr_t)r->allowed, NULL };

	for (int i = 0; i < TRIES; i++) {
		(void)execve((const char *)(uintptr_t)r->path, words, environ);
		if (errno != ENOENT)
			break;
	}
	exec_failed();
}

static int
one_round(struct race *r)
{
	int flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND |
	            CLONE_THREAD | CLONE_VFORK;
	int status = 0;
	pid_t child = fork();

	if (child < 0)
		die("fork");
	if (child == 0) {
		(void)clone(thread, stack + sizeof(stack), flags, r);
		exec_failed();
	}
	(void)waitpid(child, &status, 0);
	return status;
}

static struct score
run(struct race *r, int rounds)
{
	struct score score = { 0 };
	long seen = mark_count();
	pid_t flipper = start_flipping(r);
	struct noise noise;

	noise_begin(&noise);
	for (int i = 0; i < rounds; i++) {
		int status = one_round(r);
		long now = mark_count();

		score_add(&score, status, now > seen);
		seen = now;
	}
	noise_end(&noise);
	(void)kill(flipper, SIGKILL);
	(void)waitpid(flipper, NULL, 0);
	return score;
}

int
main(int argc, char **argv)
{
	struct race r = { 0 };
	struct score score;
	int rounds;

	if (argc != 4) {
		fputs("usage: vforked ROUNDS ALLOWED FORBIDDEN\n", stderr);
		return ATTACK_UNTRIED;
	}
	rounds = atoi(argv[1]);
	r.allowed = argv[2];
	r.forbidden = argv[3];
	r.path = mmap(NULL, NAME_SIZE, PROT_READ | PROT_WRITE,
	    MAP_ANONYMOUS | MAP_SHARED, -1, 0);
	if (r.path == MAP_FAILED)
		die("mmap");
	prepare_path(&r);
	score = run(&r, rounds);
	return score_print(&score, rounds);
}

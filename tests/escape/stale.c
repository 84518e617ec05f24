/*
 * stale - make the guard remember processes that are gone, then crash so
 * often that it ends all that run this program.  Row C3.
 *
 * usage: stale WAY CRASHES
 *
 *	ended	children that end at once
 *	killed	children that are killed before they run
 *
 * Their end may be heard before the word of their parent that they began, all
 * the more while there is noise.  Prints "pids:" and the pids of these
 * children, all gone by then, reads a line, and crashes in so many children.
 * Meanwhile stranger.c gives the pids to processes that have nothing to do
 * with us.
 */
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/prctl.h>

#include "attack.h"
#include "noise.h"

#define CHILDREN 300
#define AHEAD    3 /* so many numbers are shot at */

static volatile pid_t *next; /* shared: the last number that was taken */

static _Noreturn void
shoot(void)
{
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	for (;;)
		for (pid_t n = 1; *next > 0 && n <= AHEAD; n++)
			(void)kill(*next + n, SIGKILL);
}

static pid_t
start_shooting(void)
{
	pid_t child;

	next = mmap(NULL, sizeof(*next), PROT_READ | PROT_WRITE,
	    MAP_ANONYMOUS | MAP_SHARED, -1, 0);
	if (next == MAP_FAILED) {
		perror("mmap");
		exit(ATTACK_UNTRIED);
	}
	child = fork();
	if (child == 0)
		shoot();
	return child;
}

static void
breed(bool is_shot)
{
	struct noise noise;
	pid_t shooter, last;

	noise_begin(&noise); /* out of the range of the shots */
	shooter = last = is_shot ? start_shooting() : 0;
	fputs("pids:", stdout);
	for (int i = 0; i < CHILDREN; i++) {
		pid_t child;

		if (is_shot)
			*next = last;
		child = fork();
		if (child == 0)
			_exit(0);
		if (child < 0)
			break;
		(void)waitpid(child, NULL, 0);
		printf(" %d", (int)child);
		last = child;
	}
	noise_end(&noise);
	if (is_shot) {
		(void)kill(shooter, SIGKILL);
		(void)waitpid(shooter, NULL, 0);
	}
	puts("");
	(void)fflush(stdout);
}

int
main(int argc, char **argv)
{
	char line[16];

	if (argc != 3) {
		fputs("usage: stale WAY CRASHES\n", stderr);
		return ATTACK_UNTRIED;
	}
	breed(strcmp(argv[1], "killed") == 0);
	(void)!read(STDIN_FILENO, line, sizeof(line));
	for (int i = 0; i < atoi(argv[2]); i++) {
		pid_t child = fork();

		if (child == 0)
			abort();
		(void)waitpid(child, NULL, 0);
	}
	return 0;
}

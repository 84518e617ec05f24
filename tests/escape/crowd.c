/*
 * crowd - be in so many groups that /proc/PID/status is long: who ends a
 * session has to find us by it.
 *
 * usage: crowd NUMBER
 *
 * Takes NUMBER supplementary groups (65536 at most), gives up what it was
 * installed with, and stays in the background, in a session of its own.
 * Prints its pid.  To be installed with mode 4755.
 */
#include <grp.h>

#include "attack.h"

#define GROUPS_MAX 65536
#define FIRST      1000000 /* seven digits each */

static gid_t groups[GROUPS_MAX];

int
main(int argc, char **argv)
{
	size_t number = argc == 2 ? (size_t)atoi(argv[1]) : 0;
	pid_t child;

	if (number == 0 || number > GROUPS_MAX) {
		fputs("usage: crowd NUMBER\n", stderr);
		return ATTACK_UNTRIED;
	}
	for (size_t i = 0; i < number; i++)
		groups[i] = FIRST + (gid_t)i;
	if (setgroups(number, groups) < 0 ||
	    setresuid(getuid(), getuid(), getuid()) < 0 ||
	    (child = fork()) < 0) {
		perror("crowd");
		return ATTACK_UNTRIED;
	}
	if (child > 0) {
		printf("%d\n", (int)child);
		return 0;
	}
	(void)setsid();
	(void)close(STDIN_FILENO);
	(void)close(STDOUT_FILENO);
	(void)close(STDERR_FILENO);
	(void)alarm(60); /* if nobody ends us, the test should not hang */
	for (;;)
		(void)pause();
}

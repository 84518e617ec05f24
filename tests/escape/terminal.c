/*
 * terminal - have a controlling terminal whose number is that of another
 * user's: in a devpts of one's own user namespace numbers begin anew.
 *
 * usage: ESCAPE_MARK=FILE terminal NUMBER PROGRAM
 *
 * Starts PROGRAM on it.
 */
#include <sys/ioctl.h>
#include <sys/mount.h>

#include "userns.h"

/* The first that is free, again and again. */
static void
open_terminal(int number)
{
	char path[32];
	int got = -1, fd = -1, unlocked = 0;

	while (got < number) {
		fd = open("/mnt/ptmx", O_RDWR | O_NOCTTY);
		if (fd < 0 || ioctl(fd, TIOCGPTN, &got) < 0)
			untried("ptmx");
	}
	(void)snprintf(path, sizeof(path), "/mnt/%d", number);
	if (got != number || ioctl(fd, TIOCSPTLCK, &unlocked) < 0)
		untried(path);
	(void)setsid();
	fd = open(path, O_RDWR);
	if (fd < 0 || ioctl(fd, TIOCSCTTY, 0) < 0)
		untried(path);
}

/* arg: NUMBER PROGRAM */
static void
try(char **arg)
{
	char *words[] = { arg[1], NULL };

	become_root(CLONE_NEWUSER | CLONE_NEWNS);
	if (mount("devpts", "/mnt", "devpts", 0, "newinstance,ptmxmode=0666") <
	    0)
		untried("devpts");
	open_terminal(atoi(arg[0]));
	(void)execv(arg[1], words);
	exec_failed();
}

int
main(int argc, char **argv)
{
	if (argc == 3)
		return attack(try, argv + 1);
	fputs("usage: terminal NUMBER PROGRAM\n", stderr);
	return ATTACK_UNTRIED;
}

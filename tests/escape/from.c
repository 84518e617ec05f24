/*
 * from - run a program with a file as its standard input.  Row L6.
 *
 * usage: from FILE PROGRAM
 *
 * FILE "-": a pipe with a line that appends a byte to ESCAPE_MARK, in it.  No
 * shell is needed, so that none has to be permitted.
 */
#include <fcntl.h>

#include "attack.h"

static const char line[] = "printf x >>\"$ESCAPE_MARK\"\n";

int
main(int argc, char **argv)
{
	int ends[2];
	int fd;

	if (argc != 3) {
		fputs("usage: from FILE PROGRAM\n", stderr);
		return ATTACK_UNTRIED;
	}
	if (strcmp(argv[1], "-") != 0)
		fd = open(argv[1], O_RDONLY | O_CLOEXEC);
	else if (pipe2(ends, O_CLOEXEC) < 0 ||
		 write(ends[1], line, sizeof(line) - 1) < 0)
		fd = -1;
	else
		fd = ends[0];
	if (fd < 0 || dup2(fd, STDIN_FILENO) < 0) {
		perror(argv[1]);
		return ATTACK_UNTRIED;
	}
	(void)execv(argv[2], argv + 2);
	exec_failed();
}

/*
 * forbidden - the program that must not run.
 *
 * usage: ESCAPE_MARK=FILE forbidden [ARG...]
 *
 * Appends one byte to FILE, so that who asks afterwards knows that it ran,
 * and how often.  Copied to a trusted place it is a program that may run and
 * can be counted.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

int
main(void)
{
	const char *name = getenv("ESCAPE_MARK");
	int fd;

	if (name == NULL)
		return 2;
	fd = open(name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	return fd >= 0 && write(fd, "x", 1) == 1 ? 0 : 2;
}

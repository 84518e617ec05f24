/*
 * typist - type into a program on a terminal of its own, and wait for what it
 * says.
 *
 * usage: typist PROGRAM [WORD...] <LINES
 *
 *	> TEXT	type TEXT and enter
 *	_ TEXT	type TEXT, and no enter
 *	^C	type a control character
 *	? TEXT	wait until TEXT is printed, behind what was waited for before
 *	. N	wait until PROGRAM ends, with exit status N
 *
 * Prints each line that is done.  Status 1 when a line is not done within ten
 * seconds, with all that was printed since the last.
 */
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <time.h>

#include "transcript.h"

#define PATIENCE_S 10

static char heard[1 << 20];
static size_t n_heard, n_done;
static int terminal;
static pid_t program;

static void
start(char **words)
{
	int fd;

	terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	(void)grantpt(terminal);
	(void)unlockpt(terminal);
	program = fork();
	if (program != 0)
		return;
	(void)setsid();
	fd = open(ptsname(terminal), O_RDWR);
	(void)ioctl(fd, TIOCSCTTY, 0);
	for (int i = 0; i < 3; i++)
		(void)dup2(fd, i);
	if (fd > 2)
		(void)close(fd);
	(void)execvp(words[0], words);
	_exit(127);
}

/* Whether something more was heard before the deadline. */
static bool
hear(time_t deadline)
{
	struct pollfd ready = { .fd = terminal, .events = POLLIN };
	ssize_t n;

	if (poll(&ready, 1, (int)(deadline - time(NULL)) * 1000) <= 0)
		return false;
	n = read(terminal, heard + n_heard, sizeof(heard) - 1 - n_heard);
	if (n > 0)
		n_heard += (size_t)n;
	return n > 0; /* EIO: nobody has the terminal any more */
}

static bool
wait_for(const char *text)
{
	time_t deadline = time(NULL) + PATIENCE_S;
	char *found;

	do {
		found = memmem(
		    heard + n_done, n_heard - n_done, text, strlen(text));
	} while (found == NULL && time(NULL) < deadline && hear(deadline));
	if (found == NULL)
		return false;
	n_done = (size_t)(found - heard) + strlen(text);
	return true;
}

static bool
wait_for_end(int expected)
{
	time_t deadline = time(NULL) + PATIENCE_S;
	int status = 0;

	while (hear(deadline))
		;
	if (time(NULL) >= deadline)
		return false;
	(void)waitpid(program, &status, 0);
	return WIFEXITED(status) && WEXITSTATUS(status) == expected;
}

static bool
type(const char *text, size_t len)
{
	return write(terminal, text, len) == (ssize_t)len;
}

/* line without its newline, of which the first character says what to do. */
static bool
do_line(char *line)
{
	size_t len = strlen(line);
	char control;

	switch (line[0]) {
	case '>':
		line[len] = '\n';
		control = !type(line + 2, len - 1);
		line[len] = '\0';
		return !control;
	case '_':
		return type(line + 2, len - 2);
	case '^':
		control = (char)(line[1] & 0x1f);
		return type(&control, 1);
	case '?':
		return wait_for(line + 2);
	case '.':
		return wait_for_end(atoi(line + 2));
	default:
		return true;
	}
}

int
main(int argc, char **argv)
{
	char line[1024];

	if (argc < 2)
		return 2;
	start(argv + 1);
	while (fgets(line, sizeof(line) - 1, stdin) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (!do_line(line)) {
			say("NOT DONE: %s", line);
			(void)!write(
			    STDOUT_FILENO, heard + n_done, n_heard - n_done);
			(void)kill(program, SIGKILL);
			return 1;
		}
		say("%s", line);
	}
	return 0;
}

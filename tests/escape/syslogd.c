/*
 * syslogd - a system log of one's own.
 *
 * usage: syslogd SOCKET FILE EVENTS
 *
 * Binds the datagram socket SOCKET, waits for a line or the end of its stdin,
 * and from then on appends each datagram to FILE, one a line; and what is
 * execguard's, without its head, to EVENTS.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

static const char ident[] = "execguard[";

static void
must(int is_done, const char *what)
{
	if (is_done)
		return;
	perror(what);
	exit(2);
}

static int
bind_log(const char *path)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	(void)snprintf(name.sun_path, sizeof(name.sun_path), "%s", path);
	must(fd >= 0 && bind(fd, (struct sockaddr *)&name, sizeof(name)) == 0,
	    path);
	/* As every daemon makes its own: all programs log. */
	must(chmod(path, 0666) == 0, path);
	return fd;
}

static int
open_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

	must(fd >= 0, path);
	return fd;
}

static void
write_line(int fd, char *text, size_t len)
{
	char end = '\n';
	struct iovec parts[] = { { text, len }, { &end, 1 } };

	must(writev(fd, parts, 2) == (ssize_t)len + 1, "write");
}

static void
wait_for_line(void)
{
	char c;

	while (read(STDIN_FILENO, &c, 1) == 1 && c != '\n')
		;
}

int
main(int argc, char **argv)
{
	static char text[65536];
	int log, file, events;

	if (argc != 4) {
		fputs("usage: syslogd SOCKET FILE EVENTS\n", stderr);
		return 2;
	}
	file = open_file(argv[2]);
	events = open_file(argv[3]);
	log = bind_log(argv[1]);
	wait_for_line();
	for (;;) {
		ssize_t n = recv(log, text, sizeof(text) - 1, 0);
		char *body;

		must(n >= 0, argv[1]);
		text[n] = '\0';
		write_line(file, text, (size_t)n);
		body = strstr(text, "]: ");
		if (strstr(text, ident) != NULL && body != NULL)
			write_line(events, body + 3, strlen(body + 3));
	}
}

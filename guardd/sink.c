#include "guardd/sink.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <syslog.h>

static int
open_file(const char *path, uid_t also)
{
	SCOPED(fd_release)
	int fd = open(path,
	    O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY |
		O_CLOEXEC,
	    0600);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	if ((st.st_uid != 0 && st.st_uid != also) ||
	    (st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return -EPERM;
	return fd_take(&fd);
}

static int
connect_syslog(void)
{
	static const struct sockaddr_un log = { AF_UNIX, "/dev/log" };
	SCOPED(fd_release)
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0 ||
	    connect(fd, (const struct sockaddr *)&log, sizeof(log)) < 0)
		return -errno;
	return fd_take(&fd);
}

int
sink_open(const char *path, uid_t also, struct sink *out)
{
	struct sink sink = { .fd = -1, .file = -1 };

	if (path != NULL) {
		sink.file = open_file(path, also);
		if (sink.file < 0)
			return sink.file;
	}
	*out = sink;
	return 0;
}

void
sink_release(struct sink *sink)
{
	fd_release(&sink->fd);
	fd_release(&sink->file);
	sink->fd = sink->file = -1;
}

static int
send_syslog(struct sink *sink, int priority, const char *text, size_t len)
{
	char head[48];
	int n = snprintf(head, sizeof(head),
	    "<%d>execguard[%d]: ", LOG_AUTHPRIV | priority, (int)getpid());
	struct iovec parts[] = {
		{ head, (size_t)n },
		{ (void *)(uintptr_t)text, len },
	};
	struct msghdr message = { .msg_iov = parts, .msg_iovlen = 2 };

	if (sink->fd < 0)
		sink->fd = connect_syslog();
	if (sink->fd < 0)
		return -ENOTCONN;
	if (sendmsg(sink->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0)
		return 0;
	if (errno == EAGAIN || errno == ENOBUFS)
		return -EAGAIN;
	/* syslogd went away, and may be back at the next line. */
	fd_release(&sink->fd);
	sink->fd = -1;
	return -ENOTCONN;
}

/* A disk that is full takes a part of a line: the next begins a new one. */
static int
write_file(struct sink *sink, const char *text, size_t len)
{
	const char *end = "\n";
	struct iovec parts[] = {
		{ (void *)(uintptr_t)end, sink->is_torn ? 1 : 0 },
		{ (void *)(uintptr_t)text, len },
		{ (void *)(uintptr_t)end, 1 },
	};
	size_t total = parts[0].iov_len + len + 1;
	ssize_t n = writev(sink->file, parts, LENGTH(parts));

	if (n > 0)
		sink->is_torn = (size_t)n < total;
	if (n < 0)
		return -errno;
	return (size_t)n == total ? 0 : -ENOSPC;
}

void
sink_line(struct sink *sink, int priority, const char *text, size_t len)
{
	int r = sink->file >= 0 ? write_file(sink, text, len)
	                        : send_syslog(sink, priority, text, len);

	if (r < 0)
		sink->n_dropped++;
}

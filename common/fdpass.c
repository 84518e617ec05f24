#include "common/fdpass.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

union one_fd {
	struct cmsghdr header;
	char room[CMSG_SPACE(sizeof(int))];
};

int
fdpass_send(int sock, const void *bytes, size_t len, int fd)
{
	union one_fd control = { 0 };
	struct iovec part = { (void *)(uintptr_t)bytes, len };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };

	if (fd >= 0) {
		message.msg_control = &control;
		message.msg_controllen = sizeof(control);
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		control.header.cmsg_len = CMSG_LEN(sizeof(fd));
		memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
	}
	for (;;) {
		ssize_t n = sendmsg(
		    sock, &message, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n >= 0)
			return (size_t)n == len ? 0 : -EMSGSIZE;
		if (errno != EINTR)
			return -errno;
	}
}

ssize_t
fdpass_receive(int sock, void *bytes, size_t size, int *out_fd)
{
	union one_fd control = { 0 };
	struct iovec part = { bytes, size };
	struct msghdr message = {
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = &control,
		/* Of two descriptors the kernel installs one: unix(7). */
		.msg_controllen = CMSG_LEN(sizeof(int)),
	};
	SCOPED(fd_release) int fd = -1;
	struct cmsghdr *c;
	ssize_t n;

	do {
		n = recvmsg(sock, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;

	c = CMSG_FIRSTHDR(&message);
	if (c != NULL && c->cmsg_level == SOL_SOCKET &&
	    c->cmsg_type == SCM_RIGHTS && c->cmsg_len == CMSG_LEN(sizeof(fd)))
		memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	if (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC))
		return -EMSGSIZE;
	*out_fd = fd_take(&fd);
	return n;
}

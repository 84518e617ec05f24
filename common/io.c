#include "common/io.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>

#include "common/clock.h"

ssize_t
io_read_text(int dirfd, const char *name, char *dst, size_t size)
{
	SCOPED(fd_release) int fd = openat(dirfd, name, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -errno;
	do {
		n = read(fd, dst, size - 1);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	dst[n] = '\0';
	return n;
}

/* Twice the room, but never more than max plus the NUL. */
static int
grow(char **text, size_t *room, size_t max)
{
	size_t want = *room < max / 2 ? *room * 2 : max + 1;
	char *more = realloc(*text, want + 1);

	if (more == NULL)
		return -ENOMEM;
	*text = more;
	*room = want;
	return 0;
}

int
io_read_all(int fd, size_t max, char **out, size_t *out_len)
{
	size_t room = max < 4096 ? max + 1 : 4096;
	size_t len = 0;
	SCOPED(text_release) char *text = malloc(room + 1);

	if (text == NULL)
		return -ENOMEM;
	for (;;) {
		ssize_t n = read(fd, text + len, room - len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		len += (size_t)n;
		if (len > max)
			return -EFBIG;
		if (len == room) {
			int r = grow(&text, &room, max);

			if (r < 0)
				return r;
		}
	}
	text[len] = '\0';
	*out = text_take(&text);
	*out_len = len;
	return 0;
}

int
io_write_all(int fd, const void *bytes, size_t len)
{
	const char *at = bytes;

	while (len > 0) {
		ssize_t n = write(fd, at, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		at += n;
		len -= (size_t)n;
	}
	return 0;
}

int
io_wait_readable(int fd, int timeout_ms)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	uint64_t end = clock_ms(CLOCK_MONOTONIC) + (uint64_t)timeout_ms;

	for (;;) {
		int n = poll(
		    &ready, 1, clock_left_ms(end, clock_ms(CLOCK_MONOTONIC)));

		if (n > 0)
			return 0;
		if (n == 0)
			return -ETIMEDOUT;
		if (errno != EINTR)
			return -errno;
	}
}

#include "cli/contents.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/syscall.h>

#include "cli/interrupt.h"

#define FLAGS (O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)

#define CHUNK 65536

static int
take_regular(int opened, struct stat *out)
{
	SCOPED(fd_release) int fd = opened;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	*out = st;
	return fd_take(&fd);
}

int
contents_open(int folder, const char *name, struct stat *out)
{
	return take_regular(openat(folder, name, FLAGS | O_CLOEXEC), out);
}

int
contents_open_plain(const char *path, struct stat *out)
{
	const struct open_how how = {
		.flags = FLAGS | O_CLOEXEC,
		.resolve = RESOLVE_NO_SYMLINKS,
	};

	return take_regular(
	    (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how)), out);
}

bool
contents_is_program(int fd, const struct stat *st)
{
	static const char magic[] = { '\177', 'E', 'L', 'F' };
	char head[sizeof(magic)];

	if ((st->st_mode & (S_IXUSR | S_IXGRP | S_IXOTH)) != 0)
		return true;
	return pread(fd, head, sizeof(head), 0) == sizeof(head) &&
	       memcmp(head, magic, sizeof(magic)) == 0;
}

static bool
is_same_time(struct timespec one, struct timespec other)
{
	return one.tv_sec == other.tv_sec && one.tv_nsec == other.tv_nsec;
}

static bool
is_same(const struct stat *one, const struct stat *other)
{
	return one->st_size == other->st_size &&
	       is_same_time(one->st_mtim, other->st_mtim) &&
	       is_same_time(one->st_ctim, other->st_ctim);
}

int
contents_digest(int fd, const struct stat *st, struct digest *digest,
    uint8_t out[DIGEST_MAX])
{
	uint8_t chunk[CHUNK], result[DIGEST_MAX];
	struct stat now;
	ssize_t n;
	int r = 0;

	while ((n = read(fd, chunk, sizeof(chunk))) > 0) {
		digest_add(digest, chunk, (size_t)n);
		if (interrupt_waits()) {
			r = -EINTR;
			break;
		}
	}
	if (n < 0)
		r = -errno;
	if (r == 0 && (fstat(fd, &now) < 0 || !is_same(st, &now)))
		r = -ESTALE;
	/* Also after a failure: it makes the digest as new. */
	if (digest_finish(digest, result) < 0)
		return -EIO;
	if (r == 0)
		memcpy(out, result, sizeof(result));
	return r;
}

const char *
contents_why(int error)
{
	switch (-error) {
	case EINVAL:
		return "not a regular file";
	case ESTALE:
		return "it changed while it was read";
	case ELOOP:
		return "a symbolic link leads there";
	case ENOTSUP:
		return "libgcrypt does not have its algorithm";
	default:
		return strerror(-error);
	}
}

#include "common/locked.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/clock.h"

#define MAGIC UINT64_C(0x4547636b00010000) /* to raise with each change */

struct head {
	uint64_t magic;
	uint64_t state; /* counts what was written */
	uint64_t size;
	char boot[40]; /* random(4), boot_id */
};

static void
read_boot(char boot[40])
{
	SCOPED(fd_release)
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);

	memset(boot, 0, 40);
	if (fd >= 0)
		(void)!read(fd, boot, 36);
}

int
locked_open(int folder, const char *name, bool may_make, struct locked *out)
{
	int make = may_make ? O_CREAT : 0;
	SCOPED(fd_release)
	int fd = openat(folder, name,
	    O_RDWR | make | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode) || (st.st_mode & 077) != 0)
		return -EPERM;
	*out = (struct locked){ .fd = fd_take(&fd) };
	return 0;
}

void
locked_release(struct locked *file)
{
	fd_release(&file->fd);
	file->fd = -1;
}

static bool
read_head(const struct locked *file, struct head *out)
{
	return pread(file->fd, out, sizeof(*out), 0) == sizeof(*out) &&
	       out->magic == MAGIC;
}

bool
locked_has_news(const struct locked *file)
{
	struct head head;

	return read_head(file, &head) ? head.state != file->seen
	                              : file->seen != 0;
}

int
locked_reread(struct locked *file, void *bytes, size_t size)
{
	struct head head;
	char boot[40];

	if (!read_head(file, &head))
		return -ENODATA;
	read_boot(boot);
	file->seen = head.state;
	if (head.size != size || memcmp(head.boot, boot, sizeof(boot)) != 0)
		return -ENODATA;
	if (pread(file->fd, bytes, size, sizeof(head)) != (ssize_t)size)
		return -ENODATA;
	return 0;
}

/* Held for microseconds, but not by one who was frozen or stopped in them. */
static int
lock(const struct locked *file, int how)
{
	struct timespec pause = { .tv_nsec = 50000 };
	uint64_t end = clock_ms(CLOCK_MONOTONIC) + LOCKED_PATIENCE_MS;

	while (flock(file->fd, how | LOCK_NB) < 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return -errno;
		if (clock_ms(CLOCK_MONOTONIC) >= end)
			return -EWOULDBLOCK;
		(void)nanosleep(&pause, NULL);
		if (pause.tv_nsec < 1000000)
			pause.tv_nsec *= 2;
	}
	return 0;
}

int
locked_read(struct locked *file, void *bytes, size_t size)
{
	int r = lock(file, LOCK_SH);

	if (r < 0)
		return r;
	r = locked_reread(file, bytes, size);
	(void)flock(file->fd, LOCK_UN);
	return r;
}

int
locked_begin(struct locked *file)
{
	return lock(file, LOCK_EX);
}

static int
write_all(struct locked *file, const void *bytes, size_t size)
{
	struct head old = { 0 }, head = { .magic = MAGIC, .size = size };

	if (read_head(file, &old))
		head.state = old.state;
	head.state++;
	read_boot(head.boot);
	if (pwrite(file->fd, bytes, size, sizeof(head)) != (ssize_t)size ||
	    pwrite(file->fd, &head, sizeof(head), 0) != sizeof(head))
		return -EIO;
	file->seen = head.state;
	return 0;
}

int
locked_end(struct locked *file, const void *bytes, size_t size)
{
	int r = bytes != NULL ? write_all(file, bytes, size) : 0;

	(void)flock(file->fd, LOCK_UN);
	return r;
}

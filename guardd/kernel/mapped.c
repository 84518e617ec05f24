#include "guardd/kernel/mapped.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

/* linux/fs.h of Linux 6.11; later kernels only added to its end. */
struct query {
	uint64_t size;
	uint64_t query_flags;
	uint64_t query_addr;
	uint64_t vma_start, vma_end, vma_flags, vma_page_size, vma_offset;
	uint64_t inode;
	uint32_t dev_major, dev_minor;
	uint32_t vma_name_size, build_id_size;
	uint64_t vma_name_addr, build_id_addr;
};

#define QUERY           _IOWR('f', 17, struct query)
#define QUERY_OR_NEXT   0x10
#define QUERY_OF_A_FILE 0x20

int
mapped_open(int proc, pid_t pid)
{
	char entry[32];
	int fd;

	(void)snprintf(entry, sizeof(entry), "%d/maps", (int)pid);
	fd = openat(proc, entry, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int
query_next(int maps, uint64_t from, uint64_t to, struct loader *out)
{
	struct query query = {
		.size = sizeof(query),
		.query_flags = QUERY_OR_NEXT | QUERY_OF_A_FILE,
		.query_addr = from,
		.vma_name_size = sizeof(out->path),
		.vma_name_addr = (uintptr_t)out->path,
	};

	out->path[0] = '\0';
	if (ioctl(maps, QUERY, &query) < 0)
		return errno == ENOENT ? 0 : -errno;
	if (query.vma_start >= to)
		return 0;
	out->start = query.vma_start;
	out->end = query.vma_end;
	out->dev = makedev(query.dev_major, query.dev_minor);
	out->ino = query.inode;
	return 1;
}

/* One line of maps.  False: it is about no file. */
static bool
read_line(const char *line, struct loader *out)
{
	unsigned long long start, end, ino;
	unsigned first, second;
	size_t len;
	int path = 0;

	if (sscanf(line, "%llx-%llx %*s %*x %x:%x %llu %n", &start, &end,
		&first, &second, &ino, &path) != 5)
		return false;
	out->start = start;
	out->end = end;
	out->dev = makedev(first, second);
	out->ino = ino;
	len = strcspn(line + path, "\n");
	if (len >= sizeof(out->path))
		len = 0;
	memcpy(out->path, line + path, len);
	out->path[len] = '\0';
	/* A file may have the inode 0; what is no file has no device either. */
	return out->dev != 0 || out->ino != 0;
}

static void
stream_release(FILE **stream)
{
	if (*stream != NULL)
		(void)fclose(*stream);
}

/* An older kernel: all the lines, from the first. */
static int
read_next(int maps, uint64_t from, uint64_t to, struct loader *out)
{
	SCOPED(fd_release) int copy = fcntl(maps, F_DUPFD_CLOEXEC, 0);
	SCOPED(stream_release) FILE *stream = NULL;
	SCOPED(text_release) char *line = NULL;
	size_t size = 0;

	if (copy < 0 || lseek(copy, 0, SEEK_SET) < 0 ||
	    (stream = fdopen(copy, "r")) == NULL)
		return -errno;
	(void)fd_take(&copy);
	while (getline(&line, &size, stream) > 0) {
		if (read_line(line, out) && out->end > from)
			return out->start < to;
	}
	return ferror(stream) ? -EIO : 0;
}

int
mapped_next(int maps, uint64_t from, uint64_t to, struct loader *out)
{
	int r = query_next(maps, from, to, out);

	return r == -ENOTTY ? read_next(maps, from, to, out) : r;
}

/* Where the kernel keeps files that have no directory; a user's memfd lies
 * there, too, but under a name that begins with "memfd:". */
static bool
is_of_kernels(uint64_t dev, unsigned kind)
{
	SCOPED(fd_release) int fd = memfd_create("", MFD_CLOEXEC | kind);
	struct stat st;

	return fd >= 0 && fstat(fd, &st) == 0 && st.st_dev == dev;
}

bool
mapped_is_anonymous(const struct loader *mapped)
{
	if (strcmp(mapped->path, "/dev/zero (deleted)") == 0)
		return is_of_kernels(mapped->dev, 0);
	if (strcmp(mapped->path, "/anon_hugepage (deleted)") == 0)
		return is_of_kernels(mapped->dev, MFD_HUGETLB);
	return false;
}

#include "guardd/kernel/image.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>

#include "guardd/kernel/maps.h"
#include "guardd/kernel/proc.h"

/* Ten mappings of a sane linker have some 150 bytes each. */
#define TEXT_MAX (32 * 1024)

/*
 * AT_EXECFN is the first string that execve(2) puts on the new stack: it ends
 * one word (of the kernel's width) below the stack's upper end, behind the
 * last string of the environment (fs/exec.c, do_execveat_common()).  To read
 * it there saves opening and reading the auxiliary vector.
 */
static int
read_name(pid_t pid, uint64_t stack_end, char out[PATH_MAX])
{
	uint64_t end = stack_end - sizeof(void *);
	char bytes[PATH_MAX + 1];
	size_t room = 256;

	for (;;) {
		struct iovec here = { bytes, room };
		struct iovec there = { (void *)(uintptr_t)(end - room), room };
		const char *before;

		if (process_vm_readv(pid, &here, 1, &there, 1, 0) !=
		    (ssize_t)room)
			return -ESRCH;
		if (bytes[room - 1] != '\0')
			return -EIO;
		before = memrchr(bytes, '\0', room - 1);
		if (before != NULL) {
			memcpy(out, before + 1,
			    (size_t)(bytes + room - before - 1));
			return 0;
		}
		if (room == sizeof(bytes))
			return -ENAMETOOLONG;
		room = sizeof(bytes);
	}
}

/*
 * Without the privilege for map_files: by the path, not through magic links,
 * if it still leads to the file that is mapped.  On a filesystem whose stat
 * device is not the one that maps shows (btrfs, overlay) it never seems to,
 * and nothing is known.
 */
static int
open_by_path(const struct loader *m)
{
	struct open_how how = {
		.flags = O_PATH | O_CLOEXEC,
		.resolve = RESOLVE_NO_MAGICLINKS,
	};
	SCOPED(fd_release)
	int fd = (int)syscall(
	    SYS_openat2, AT_FDCWD, m->path, &how, sizeof(how));
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (st.st_ino != m->ino || st.st_dev != m->dev)
		return -ESTALE;
	return fd_take(&fd);
}

int
image_open_program(int proc, pid_t pid)
{
	return proc_open_path(proc, pid, "exe");
}

int
image_open_loader(int proc, pid_t pid, const struct loader *loader)
{
	char entry[80];
	int fd;

	(void)snprintf(entry, sizeof(entry), "map_files/%llx-%llx",
	    (unsigned long long)loader->start, (unsigned long long)loader->end);
	fd = proc_open_path(proc, pid, entry);
	return fd == -EPERM || fd == -EACCES ? open_by_path(loader) : fd;
}

static bool
is_program(const struct loaded *loaded, uint64_t dev, uint64_t ino)
{
	const struct statx *st = &loaded->program;

	return ino == st->stx_ino &&
	       dev == makedev(st->stx_dev_major, st->stx_dev_minor);
}

/*
 * Where maps shows another identity than stat(2) it may show one for two
 * files: two subvolumes of btrfs count their inodes alike.  Then m is known by
 * what it leads to.
 */
static int
identify(int proc, pid_t pid, struct mapping *m)
{
	char entry[80];
	struct statx st;
	int r;

	(void)snprintf(entry, sizeof(entry), "map_files/%llx-%llx",
	    (unsigned long long)m->start, (unsigned long long)m->end);
	r = proc_look_at(proc, pid, entry, &st);
	if (r < 0)
		return r;
	m->ino = st.stx_ino;
	m->dev = makedev(st.stx_dev_major, st.stx_dev_minor);
	return 0;
}

static bool
is_listed(const struct loaded *loaded, const struct mapping *m)
{
	for (int i = 0; i < loaded->n_loaders; i++)
		if (loaded->loaders[i].ino == m->ino &&
		    loaded->loaders[i].dev == m->dev)
			return true;
	return false;
}

static int
add_loader(const struct mapping *m, struct loaded *out)
{
	size_t len = strlen(m->path);
	struct loader *loader;

	if (out->n_loaders == IMAGE_LOADERS)
		return -E2BIG;
	loader = &out->loaders[out->n_loaders++];
	loader->start = m->start;
	loader->end = m->end;
	loader->dev = m->dev;
	loader->ino = m->ino;
	if (len >= sizeof(loader->path))
		len = 0; /* a path that openat2(2) would refuse, too */
	memcpy(loader->path, m->path, len);
	loader->path[len] = '\0';
	return 0;
}

/* Whether the program shows as stat(2) shows it. */
static bool
is_plain(const struct maps *maps, const struct loaded *loaded)
{
	for (size_t i = 0; i < maps->n; i++)
		if (is_program(loaded, maps->at[i].dev, maps->at[i].ino))
			return true;
	return false;
}

/*
 * List every mapped file but the program, once.  Were the program's device one
 * that maps shows otherwise, none of its mappings would look like stat(2)'s.
 */
static int
list_loaders(int proc, pid_t pid, struct maps *maps, struct loaded *out)
{
	bool is_known = is_plain(maps, out);

	for (size_t i = 0; i < maps->n; i++) {
		struct mapping *m = &maps->at[i];
		int r = is_known ? 0 : identify(proc, pid, m);

		if (r < 0)
			return r;
		if (is_program(out, m->dev, m->ino) || is_listed(out, m))
			continue;
		r = add_loader(m, out);
		if (r < 0)
			return r;
	}
	return 0;
}

/* Whether the last line is that of the kernel's own page, which x86 lists
 * behind all others (fs/proc/task_mmu.c, m_next()).  Names may be anything; at
 * that address nobody else can have a page. */
static bool
ends_in_gate(const char *text, size_t len)
{
	static const char gate[] = "ffffffffff600000-ffffffffff601000 ";
	const char *line;

	if (len < sizeof(gate) || text[len - 1] != '\n')
		return false;
	line = memrchr(text, '\n', len - 1);
	return line != NULL && (size_t)(text + len - line) > sizeof(gate) &&
	       memcmp(line + 1, gate, sizeof(gate) - 1) == 0;
}

static int
read_text(int proc, pid_t pid, char text[TEXT_MAX])
{
	char entry[32];
	size_t len = 0;

	(void)snprintf(entry, sizeof(entry), "%d/maps", (int)pid);

	SCOPED(fd_release)
	int fd = openat(proc, entry, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	/* A read of maps ends at a page of lines: read until nothing comes, or
	 * what comes last. */
	while (!ends_in_gate(text, len)) {
		ssize_t n = read(fd, text + len, TEXT_MAX - 1 - len);

		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		len += (size_t)n;
		if (len == TEXT_MAX - 1)
			return -E2BIG;
	}
	text[len] = '\0';
	return 0;
}

int
image_loaded(int proc, pid_t pid, struct loaded *out)
{
	char text[TEXT_MAX];
	struct maps maps;
	int r;

	out->n_loaders = 0;
	r = proc_look_at(proc, pid, "exe", &out->program);
	if (r == 0)
		r = read_text(proc, pid, text);
	if (r == 0)
		r = maps_read(text, &maps);
	if (r == 0) {
		out->is_32_bit = maps.stack_end <= UINT32_MAX;
		r = list_loaders(proc, pid, &maps, out);
	}
	if (r == 0)
		r = maps.stack_end == 0
		        ? -EIO
		        : read_name(pid, maps.stack_end, out->name);
	return r;
}

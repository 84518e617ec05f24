#include "guardd/kernel/resolve.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "guardd/kernel/proc.h"

static int
open_below(int from, const char *path, int flags, uint64_t resolve)
{
	struct open_how how = {
		.flags = O_PATH | O_CLOEXEC |
		         (flags & AT_SYMLINK_NOFOLLOW ? O_NOFOLLOW : 0),
		.resolve = resolve | RESOLVE_NO_MAGICLINKS,
	};
	long fd = syscall(SYS_openat2, from, path, &how, sizeof(how));

	return fd < 0 ? -errno : (int)fd;
}

static int
root_of(int proc, const char *name, uint64_t *mount, uint64_t *ino)
{
	struct statx st;

	if (statx(proc, name, AT_STATX_DONT_SYNC, STATX_INO | STATX_MNT_ID,
		&st) < 0)
		return -errno;
	*mount = st.stx_mnt_id;
	*ino = st.stx_ino;
	return 0;
}

/* Where /usr is merged, each program has two names (file-hierarchy(7)). */
static const struct {
	const char *name;
	const char *target;
} root_links[RESOLVE_LINKS] = {
	{ "/bin", "usr/bin" },
	{ "/sbin", "usr/sbin" },
};

/* A link in "/" that nobody but root can have made, or can exchange. */
static bool
is_link_of_roots(const char *name, const char *target)
{
	char text[16];
	ssize_t n = readlink(name, text, sizeof(text));
	struct stat link, root;

	return n == (ssize_t)strlen(target) &&
	       memcmp(text, target, (size_t)n) == 0 &&
	       lstat(name, &link) == 0 && link.st_uid == 0 &&
	       stat("/", &root) == 0 && root.st_uid == 0 &&
	       (root.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

int
resolve_viewpoint(int proc, struct viewpoint *out)
{
	struct viewpoint view = { .proc = proc };
	int r = root_of(proc, "self/root", &view.root_mount, &view.root_ino);
	struct statx users;

	if (r == 0)
		r = proc_look_at(proc, getpid(), "ns/user", &users);
	if (r == 0)
		view.users_ino = users.stx_ino;
	for (size_t i = 0; i < RESOLVE_LINKS; i++)
		view.has_link[i] = is_link_of_roots(
		    root_links[i].name, root_links[i].target);
	if (r == 0)
		*out = view;
	return r;
}

bool
resolve_leads_to(
    const struct viewpoint *view, const char *name, const char *path)
{
	if (strcmp(name, path) == 0)
		return true;
	for (size_t i = 0; i < RESOLVE_LINKS; i++) {
		size_t from = strlen(root_links[i].name);
		size_t to = strlen(root_links[i].target);

		/* "/bin" "/sh" and "/" "usr/bin" "/sh" */
		if (view->has_link[i] && path[0] == '/' &&
		    strncmp(name, root_links[i].name, from) == 0 &&
		    strncmp(path + 1, root_links[i].target, to) == 0 &&
		    name[from] == '/' &&
		    strcmp(name + from, path + 1 + to) == 0)
			return true;
	}
	return false;
}

/* A mount has one id in the whole system: the same root, the same world. */
static bool
shares_our_root(const struct viewpoint *view, pid_t tid)
{
	char name[32];
	uint64_t mount = 0, ino = 0;

	(void)snprintf(name, sizeof(name), "%d/root", (int)tid);
	return root_of(view->proc, name, &mount, &ino) == 0 &&
	       mount == view->root_mount && ino == view->root_ino;
}

bool
resolve_shares_our_users(const struct viewpoint *view, pid_t tid)
{
	struct statx st;

	return proc_look_at(view->proc, tid, "ns/user", &st) == 0 &&
	       st.stx_ino == view->users_ino;
}

bool
resolve_is_fixed(const struct viewpoint *view, pid_t tid)
{
	return resolve_shares_our_users(view, tid) &&
	       shares_our_root(view, tid);
}

/* The part of path behind prefix, or NULL. */
static const char *
behind(const char *path, const char *prefix)
{
	size_t len = strlen(prefix);

	return strncmp(path, prefix, len) == 0 ? path + len : NULL;
}

/*
 * Paths that go through a magic link of /proc.  "self" and the links of /dev
 * mean the asker, and we would follow them as ourselves.
 */
struct magic {
	pid_t tid;        /* whose link */
	char link[24];    /* "exe", "cwd", "root", "fd/3" */
	const char *rest; /* what is to be found behind it; "" for itself */
};

/* "fd/3/rest" or "exe": the link, and what comes behind it. */
static bool
split_link(const char *entry, struct magic *out)
{
	static const char *const links[] = { "exe", "cwd", "root" };
	const char *number = behind(entry, "fd/");
	size_t len = 0;

	for (size_t i = 0; i < LENGTH(links); i++) {
		const char *rest = behind(entry, links[i]);

		if (rest != NULL && (rest[0] == '\0' || rest[0] == '/'))
			len = strlen(links[i]);
	}
	if (number != NULL && number[0] >= '0' && number[0] <= '9')
		len = 3 + strspn(number, "0123456789");
	if (len == 0 || len >= sizeof(out->link) ||
	    (entry[len] != '\0' && entry[len] != '/'))
		return false;
	memcpy(out->link, entry, len);
	out->link[len] = '\0';
	out->rest = entry + len + strspn(entry + len, "/");
	return true;
}

/* "1234/exe": another process's link. */
static bool
split_number(const char *path, struct magic *out)
{
	size_t digits = strspn(path, "0123456789");

	if (digits == 0 || digits > 9 || path[digits] != '/')
		return false;
	out->tid = (pid_t)strtol(path, NULL, 10);
	return split_link(path + digits + 1, out);
}

static bool
goes_through_magic(const char *path, pid_t tid, struct magic *out)
{
	static const char *const streams[] = { "stdin", "stdout", "stderr" };
	const char *rest;

	out->tid = tid;
	if ((rest = behind(path, "/proc/self/")) != NULL ||
	    (rest = behind(path, "/proc/thread-self/")) != NULL)
		return split_link(rest, out);
	if ((rest = behind(path, "/proc/")) != NULL)
		return split_number(rest, out);
	if ((rest = behind(path, "/dev/")) == NULL)
		return false;
	for (size_t i = 0; i < LENGTH(streams); i++) {
		if (strcmp(rest, streams[i]) == 0) {
			(void)snprintf(
			    out->link, sizeof(out->link), "fd/%zu", i);
			out->rest = "";
			return true;
		}
	}
	return behind(rest, "fd/") != NULL && split_link(rest, out);
}

bool
resolve_is_plain(const struct viewpoint *view, pid_t tid, const char *path)
{
	struct magic magic;

	return path[0] == '/' && !goes_through_magic(path, tid, &magic) &&
	       shares_our_root(view, tid);
}

static int
open_start(const struct viewpoint *view, pid_t tid, int dirfd)
{
	char name[32];

	if (dirfd == AT_FDCWD)
		return proc_open_path(view->proc, tid, "cwd");
	if (dirfd < 0)
		return -EBADF;
	(void)snprintf(name, sizeof(name), "fd/%d", dirfd);
	return proc_open_path(view->proc, tid, name);
}

static int
resolve_absolute(
    const struct viewpoint *view, pid_t tid, const char *path, int flags)
{
	struct magic magic;
	bool is_ours = shares_our_root(view, tid);

	if (is_ours && !goes_through_magic(path, tid, &magic))
		return open_below(AT_FDCWD, path, flags, 0);

	SCOPED(fd_release)
	int start = is_ours ? proc_open_path(view->proc, magic.tid, magic.link)
	                    : proc_open_path(view->proc, tid, "root");

	if (start < 0)
		return start;
	if (!is_ours)
		return open_below(start, path, flags, RESOLVE_IN_ROOT);
	if (magic.rest[0] == '\0')
		return flags & AT_SYMLINK_NOFOLLOW ? -ELOOP : fd_take(&start);
	return open_below(start, magic.rest, flags, 0);
}

static bool
same_directory(int a, int b)
{
	uint64_t mounts[2], inodes[2];
	const int fds[2] = { a, b };

	for (int i = 0; i < 2; i++) {
		struct statx st;

		if (statx(fds[i], "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC,
			STATX_INO | STATX_MNT_ID, &st) < 0)
			return false;
		mounts[i] = st.stx_mnt_id;
		inodes[i] = st.stx_ino;
	}
	return mounts[0] == mounts[1] && inodes[0] == inodes[1];
}

/*
 * A relative path of an asker whose root is not ours: go up by ourselves, one
 * ".." at a time and never above his root, then down where no symbolic link
 * can lead out.  A link on the way down is left to the kernel (-ELOOP).
 */
static int
resolve_elsewhere(const struct viewpoint *view, pid_t tid, int start,
    const char *path, int flags)
{
	SCOPED(fd_release) int root = proc_open_path(view->proc, tid, "root");
	SCOPED(fd_release) int here = fcntl(start, F_DUPFD_CLOEXEC, 3);

	if (root < 0 || here < 0)
		return root < 0 ? root : -errno;
	for (;;) {
		const char *rest = behind(path, "../");

		if (rest == NULL && (rest = behind(path, "./")) == NULL)
			break;
		if (path[1] == '.' && !same_directory(here, root)) {
			int up = openat(
			    here, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);

			if (up < 0)
				return -errno;
			fd_release(&here);
			here = up;
		}
		path = rest + strspn(rest, "/");
	}
	return open_below(
	    here, path, flags, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS);
}

int
resolve_as(const struct viewpoint *view, pid_t tid, int dirfd, const char *path,
    int flags)
{
	if (path[0] == '/')
		return resolve_absolute(view, tid, path, flags);
	if (path[0] == '\0' && !(flags & AT_EMPTY_PATH))
		return -ENOENT;

	SCOPED(fd_release) int start = open_start(view, tid, dirfd);

	if (start < 0 || path[0] == '\0')
		return fd_take(&start);
	/*
	 * An absolute symbolic link on the way starts at the root of the asker,
	 * and ".." stops there: only where his root is ours can the kernel
	 * follow both for us.
	 */
	if (!shares_our_root(view, tid))
		return resolve_elsewhere(view, tid, start, path, flags);
	return open_below(start, path, flags, 0);
}

/*
 * resolve.h - open the file that a process means by a path.
 *
 * Floor 1b.  openat2(2), Linux 5.6.  Everything is opened O_PATH: nothing is
 * read, nothing is executed, no device is woken.
 */
#ifndef EXECGUARD_RESOLVE_H
#define EXECGUARD_RESOLVE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/scope.h"

#define RESOLVE_LINKS 2

/* How we see the world; the guard opens it once. */
struct viewpoint {
	int proc;                     /* borrowed: /proc */
	uint64_t root_mount;          /* our own root directory: mount, */
	uint64_t root_ino;            /* and inode */
	uint64_t users_ino;           /* our user namespace */
	bool has_link[RESOLVE_LINKS]; /* /bin is a link of root's to usr/bin */
};

int resolve_viewpoint(int proc, struct viewpoint *out) MUST_CHECK;

/*
 * Whether name, in our own root, surely leads to path: it is path, or the one
 * leads to the other through a link of root's (/bin/sh, /usr/bin/sh).
 */
bool resolve_leads_to(
    const struct viewpoint *view, const char *name, const char *path);

/*
 * Whether tid is in our user namespace.  Whoever is, has no privilege to mount
 * (a namespace of his own comes first), nor to change his root, nor that of a
 * process with which he shares it (CLONE_FS): unshare(2), clone(2).
 */
bool resolve_shares_our_users(const struct viewpoint *view, pid_t tid);

/*
 * Whether tid sees our mounts from our root, and can change neither: a path of
 * root's means the same for him now and later.  A mount has one id in the whole
 * system, and each mount namespace has mounts of its own.
 */
bool resolve_is_fixed(const struct viewpoint *view, pid_t tid);

/*
 * Whether tid means by path what we mean by it: its root is ours, and no magic
 * link of /proc is on the way.  A symbolic link may still lead to one.
 */
bool resolve_is_plain(
    const struct viewpoint *view, pid_t tid, const char *path);

/*
 * Open what tid means by path: from its own root, its own working directory
 * (dirfd is AT_FDCWD) or its descriptor dirfd.  flags are those of
 * execveat(2).
 *
 * This is courtesy, not judgement: an answer may be outdated when it comes.
 * What cannot be resolved with certainty (another root and a relative path,
 * magic links but the usual ones, a missing file) is a negative errno, and is
 * left to the kernel and to the exec stop.  -ELOOP and -EXDEV may mean just
 * that.
 *
 * Returns a descriptor that the caller closes, or a negative errno.
 */
int resolve_as(const struct viewpoint *view, pid_t tid, int dirfd,
    const char *path, int flags) MUST_CHECK;

#endif

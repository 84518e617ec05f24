/*
 * locked.h - bytes that several processes of this host share until it is
 * booted again: a file of one size, read and written under a lock.
 *
 * Floor 0.  flock(2); the lock goes with the process that has it.  Whoever may
 * open the file can keep the others waiting, for LOCKED_PATIENCE_MS and no
 * longer: it belongs to who makes it, mode 0600.  What an earlier boot has left
 * counts as nothing.
 */
#ifndef EXECGUARD_LOCKED_H
#define EXECGUARD_LOCKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/scope.h"

#define LOCKED_PATIENCE_MS 1000

struct locked {
	int fd;
	uint64_t seen; /* which state of it was read last; 0: none */
};

/*
 * Open the file name of folder; with may_make it is made if there is none.
 * Returns 0, -EPERM (it is no regular file, or others may write to it), or
 * another negative errno.  The caller releases out.
 */
int locked_open(
    int folder, const char *name, bool may_make, struct locked *out) MUST_CHECK;
void locked_release(struct locked *file);

/* Whether it was written to since it was read last; also if that cannot be
 * found out. */
bool locked_has_news(const struct locked *file);

/* All size bytes.  Returns 0, -ENODATA (nothing was written yet, or by an
 * earlier boot or version), -EWOULDBLOCK (somebody else has it for too long) or
 * another negative errno. */
int locked_read(struct locked *file, void *bytes, size_t size) MUST_CHECK;

/* Between begin and end nobody else reads or writes: locked_reread() is
 * locked_read() there, and bytes are the new contents; NULL: they stay. */
int locked_begin(struct locked *file) MUST_CHECK;
int locked_reread(struct locked *file, void *bytes, size_t size) MUST_CHECK;
int locked_end(struct locked *file, const void *bytes, size_t size) MUST_CHECK;

#endif

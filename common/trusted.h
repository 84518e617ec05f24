/*
 * trusted.h - open a file that only root can have written, and give its
 * bytes.
 *
 * Floor 0.  Needs read permission, nothing more.
 *
 * "Trusted" means: a regular file (or, for a folder, a directory), reached
 * without following a symbolic link in its last component, owned by root (or
 * by also), writable by its owner alone: neither by mode bits nor by a POSIX
 * ACL (acl(5): with an ACL the group bits are its mask, so a mode without
 * group write has no other writer).
 */
#ifndef EXECGUARD_TRUSTED_H
#define EXECGUARD_TRUSTED_H

#include <stddef.h>
#include <sys/types.h>

#include "common/scope.h"

#define TRUSTED_NOBODY ((uid_t)-1) /* no owner but root */
#define TRUSTED_WHY    512         /* room for a sentence and a path */

struct trusted_file {
	char *path; /* as it is to be named in a message */
	char *text; /* NUL-terminated; may hold further NULs */
	size_t len;
};

struct trusted_files {
	struct trusted_file *at; /* sorted by path, byte by byte */
	size_t n;
};

void trusted_files_release(struct trusted_files *files);

/*
 * Open path for reading when it is trusted.
 *
 * Returns a descriptor that the caller closes, or a negative errno (-EPERM
 * when somebody else could have written it, -EINVAL when it is not a regular
 * file) with one sentence in why, without a final full stop, that names path.
 */
int trusted_open(
    const char *path, uid_t also, char why[TRUSTED_WHY]) MUST_CHECK;

/*
 * Read every file of a folder whose name ends in ".conf" and does not begin
 * with a dot; or, when path is a regular file, that file whatever its name.
 *
 * At most max bytes each (and 8 * max in all).  An empty folder is no error:
 * n is then 0.  Returns 0 or a negative errno with a sentence in why; out is
 * untouched on failure.  The caller releases out.
 */
int trusted_read(const char *path, uid_t also, size_t max,
    struct trusted_files *out, char why[TRUSTED_WHY]) MUST_CHECK;

#endif

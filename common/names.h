/*
 * names.h - user and group names to numbers.
 *
 * Floor 0.  The local files (/etc/passwd, /etc/group) are asked first, so that
 * the usual names cost no name service; what they lack is asked of NSS
 * (nsswitch.conf(5)).  A text of digits is its own number.
 */
#ifndef EXECGUARD_NAMES_H
#define EXECGUARD_NAMES_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

#include "common/scope.h"

/*
 * Returns 0, -ENOENT (no such name), or another negative errno; out is
 * untouched on failure.
 */
int names_user(const char *name, uid_t *out) MUST_CHECK;
int names_group(const char *name, gid_t *out) MUST_CHECK;

/*
 * Go to the line of name in a file like passwd(5); false when there is none.
 * For fgetpwent(3) and its like, which seek twice for each line that they
 * read: 20,000 users before it are 10 ms.
 */
bool names_seek(FILE *stream, const char *name);

#endif

/*
 * path.h - lexical questions about paths and globs.
 *
 * Floor 1a, pure.
 */
#ifndef EXECGUARD_PATH_H
#define EXECGUARD_PATH_H

#include <stdbool.h>

#include "policy/policy.h"

/*
 * Whether path is the directory dir or lies below it.  "/usr" is above
 * "/usr/bin" and not above "/usrlocal"; "/" is above every absolute path.
 */
bool path_is_under(const char *path, const char *dir);

/*
 * Whether the whole of text matches glob: '?' is one byte but '/', '*' any
 * number of bytes but '/', "**" any number of bytes, "[a-z]" and "[!a-z]" one
 * byte of a set (never '/'), '\' takes the next byte as it is.  A set without
 * its ']' matches nothing.  Bytes, not characters; no locale.  Time is at
 * most proportional to the product of the two lengths.
 */
bool path_matches(const char *text, const char *glob);

/* Whether any of the globs matches. */
bool path_matches_any(const char *text, const struct words *globs);

#endif

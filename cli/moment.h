/*
 * moment.h - a moment that somebody typed.
 */
#ifndef EXECGUARD_CLI_MOMENT_H
#define EXECGUARD_CLI_MOMENT_H

#include <stdint.h>

#include "common/scope.h"

#define MOMENT 24 /* room for "2026-11-28T20:00:00" */

/*
 * "90s", "30m", "2h", "1d": so long ago; or a beginning of RFC 3339, from the
 * day on, in UTC.  What is in out is not behind (strcmp(3)) any later moment of
 * RFC 3339 in UTC.
 *
 * Returns 0, or -EINVAL for any other word.
 */
int moment_read(const char *word, char out[MOMENT]) MUST_CHECK;

/* "90s", "30m", "2h", "1d" in seconds.  Returns 0 or -EINVAL. */
int moment_seconds(const char *word, uint32_t *out) MUST_CHECK;

#endif

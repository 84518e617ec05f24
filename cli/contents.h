/*
 * contents.h - a regular file, opened for its bytes alone, and its digest.
 */
#ifndef EXECGUARD_CLI_CONTENTS_H
#define EXECGUARD_CLI_CONTENTS_H

#include <stdbool.h>
#include <sys/stat.h>

#include "common/digest.h"

/*
 * Open name below folder (AT_FDCWD: or the path name) without following a
 * link in its last component, waiting for nobody and becoming nobody's
 * terminal.
 *
 * Returns a descriptor that the caller closes, -EINVAL when it is no regular
 * file, or another negative errno; out is untouched on failure.
 */
int contents_open(int folder, const char *name, struct stat *out) MUST_CHECK;

/*
 * The same with an absolute path in which no component is a link: -ELOOP when
 * one is.
 */
int contents_open_plain(const char *path, struct stat *out) MUST_CHECK;

/* Whether a file can be run or loaded: an x bit, or the magic of an ELF. */
bool contents_is_program(int fd, const struct stat *st);

/*
 * The digest of all that fd holds; st is what contents_open() told of it.
 *
 * Returns 0, -ESTALE (it changed meanwhile), -EINTR (SIGHUP, SIGINT or SIGTERM
 * is blocked, and waits) or another negative errno; out is untouched on
 * failure.
 */
int contents_digest(int fd, const struct stat *st, struct digest *digest,
    uint8_t out[DIGEST_MAX]) MUST_CHECK;

/* What such a negative errno means, as a clause. */
const char *contents_why(int error);

#endif

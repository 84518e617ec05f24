/*
 * tagged.h - one line of a manifest: ALGORITHM (PATH) = DIGEST.
 *
 * Floor 1a, pure.  The format is that of sha256sum --tag: when PATH holds a
 * newline, a carriage return or a backslash, the line begins with a backslash
 * and PATH has \n, \r and \\ for them.
 */
#ifndef EXECGUARD_TAGGED_H
#define EXECGUARD_TAGGED_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/algorithm.h"
#include "common/span.h"

struct tagged {
	enum digest_algorithm algorithm;
	char path[PATH_MAX]; /* absolute; nothing in it is escaped */
	size_t path_len;
	uint8_t digest[DIGEST_MAX]; /* algorithm_size() bytes */
};

/* The escaped path, with the final NUL. */
#define TAGGED_ESCAPED_MAX (2 * PATH_MAX)

/*
 * Read a line, without its newline.
 *
 * Returns NULL, or a static clause that says what is wrong with it; out is
 * then undefined.  A blank line or a comment is *is_entry = false.
 */
const char *tagged_read(struct span line, struct tagged *out, bool *is_entry);

/*
 * Copy path, of less than PATH_MAX bytes, as a line spells it.  Returns
 * whether anything was escaped: the line then begins with a backslash.
 */
bool tagged_escape(const char *path, char out[TAGGED_ESCAPED_MAX]);

/* The size bytes at digest as lower case digits, and a NUL. */
void tagged_hex(
    const uint8_t *digest, size_t size, char out[2 * DIGEST_MAX + 1]);

#endif

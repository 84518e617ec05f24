/*
 * maps.h - the text of /proc/PID/maps, as a list.
 *
 * Floor 1b, pure.  proc(5).  The kernel writes the text, but the path that
 * ends a line is its user's choice; a newline in one is escaped.
 */
#ifndef EXECGUARD_MAPS_H
#define EXECGUARD_MAPS_H

#include <stddef.h>
#include <stdint.h>

#include "common/scope.h"

/* An image of a sane linker has some ten mappings. */
#define MAPS_MAX 128

struct mapping {
	uint64_t start, end;
	uint64_t dev, ino;
	const char *path; /* borrowed from the text */
};

/* What the lines say, in their order. */
struct maps {
	size_t n;
	struct mapping at[MAPS_MAX]; /* of files */
	uint64_t stack_end;          /* 0: there is no stack */
};

/*
 * Read text, which is cut into its lines.  Returns 0; or -E2BIG, or -EIO for a
 * line that the kernel would not write, and then out is undefined.
 */
int maps_read(char *text, struct maps *out) MUST_CHECK;

#endif

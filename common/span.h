/*
 * span.h - bytes that somebody else wrote, and the only ways to index them.
 *
 * Floor 0, pure.
 */
#ifndef EXECGUARD_SPAN_H
#define EXECGUARD_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Borrowed bytes.  Only the functions below may index them. */
struct span {
	const uint8_t *at;
	size_t len;
};

/* The len bytes of whole at off.  Not there: false, and out untouched. */
static inline bool
span_cut(struct span whole, uint64_t off, uint64_t len, struct span *out)
{
	if (off > whole.len || len > whole.len - off)
		return false;
	/* Not even 0 may be added to the address of no bytes at all. */
	*out = (struct span){ off > 0 ? whole.at + off : whole.at,
		(size_t)len };
	return true;
}

/* Copy exactly len bytes at off into dst, whatever their alignment. */
static inline bool
span_copy(struct span from, uint64_t off, void *dst, size_t len)
{
	struct span part;

	if (!span_cut(from, off, len, &part))
		return false;
	if (len > 0)
		memcpy(dst, part.at, len);
	return true;
}

#endif

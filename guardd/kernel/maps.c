#include "guardd/kernel/maps.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/sysmacros.h>

/* What the digit stands for; a base or more: it is none. */
static unsigned
digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	return c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10 : 16;
}

/* The digits at `at', and behind them one byte; NULL: not there. */
static const char *
read_number(const char *at, unsigned base, char behind, uint64_t *out)
{
	const char *c = at;
	uint64_t value = 0;

	for (; digit_value(*c) < base; c++)
		if (__builtin_mul_overflow(value, base, &value) ||
		    __builtin_add_overflow(value, digit_value(*c), &value))
			return NULL;
	if (c == at || *c != behind)
		return NULL;
	*out = value;
	return c + 1;
}

/* One line of maps, proc(5).  False: it is none. */
static bool
read_mapping(const char *line, struct mapping *out)
{
	uint64_t major, minor;
	const char *at = line;

	at = read_number(at, 16, '-', &out->start);
	if (at == NULL || (at = read_number(at, 16, ' ', &out->end)) == NULL)
		return false;
	at += strcspn(at, " "); /* permissions */
	at += strspn(at, " ");
	at += strcspn(at, " "); /* offset */
	at += strspn(at, " ");
	if ((at = read_number(at, 16, ':', &major)) == NULL ||
	    (at = read_number(at, 16, ' ', &minor)) == NULL ||
	    (at = read_number(at, 10, ' ', &out->ino)) == NULL)
		return false;
	out->dev = makedev((unsigned)major, (unsigned)minor);
	out->path = at + strspn(at, " ");
	return true;
}

int
maps_read(char *text, struct maps *out)
{
	char *rest = text, *line;

	out->n = 0;
	out->stack_end = 0;
	while ((line = strsep(&rest, "\n")) != NULL) {
		struct mapping m;

		if (rest == NULL && line[0] == '\0')
			break; /* behind the last newline */
		if (!read_mapping(line, &m))
			return -EIO;
		/* A file may have the inode 0, if its filesystem is the
		 * user's; what is no file has no device either. */
		if (m.dev == 0 && m.ino == 0) {
			if (strcmp(m.path, "[stack]") == 0)
				out->stack_end = m.end;
			continue;
		}
		if (out->n == MAPS_MAX)
			return -E2BIG;
		out->at[out->n++] = m;
	}
	return 0;
}

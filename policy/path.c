#include "policy/path.h"

#include <limits.h>
#include <string.h>

bool
path_is_under(const char *path, const char *dir)
{
	size_t len = strlen(dir);

	if (strcmp(dir, "/") == 0)
		return path[0] == '/';
	return strncmp(path, dir, len) == 0 &&
	       (path[len] == '\0' || path[len] == '/');
}

/*
 * Whether byte is in the set whose '[' is glob[at]; *after is then where the
 * set ends.  A set that never ends holds nothing.
 */
static bool
set_holds(const char *glob, size_t at, char byte, size_t *after)
{
	bool is_negated = glob[at + 1] == '!';
	size_t first = at + (is_negated ? 2 : 1);
	bool is_in = false;
	size_t i = first;

	/* A ']' in the first place is one of the set, as in fnmatch(3). */
	while (glob[i] != '\0' && (glob[i] != ']' || i == first)) {
		unsigned char low, high;

		if (glob[i] == '\\' && glob[i + 1] != '\0')
			i++;
		low = high = (unsigned char)glob[i++];
		if (glob[i] == '-' && glob[i + 1] != ']' &&
		    glob[i + 1] != '\0') {
			i += glob[i + 1] == '\\' && glob[i + 2] != '\0' ? 2 : 1;
			high = (unsigned char)glob[i++];
		}
		if ((unsigned char)byte >= low && (unsigned char)byte <= high)
			is_in = true;
	}
	if (glob[i] != ']')
		return false;
	*after = i + 1;
	return is_in != is_negated;
}

/* Whether the one-byte element at glob[at] takes byte; *after is behind it. */
static bool
element_takes(const char *glob, size_t at, char byte, size_t *after)
{
	*after = at + 1;
	switch (glob[at]) {
	case '?':
		return byte != '/';
	case '[':
		return byte != '/' && set_holds(glob, at, byte, after);
	case '\\':
		*after = at + 2;
		return glob[at + 1] != '\0' && glob[at + 1] == byte;
	default:
		return glob[at] == byte;
	}
}

/*
 * Where in the glob the match may stand, for every place at once: no input
 * can make it go back.  One step for each byte of the text.
 */
struct places {
	const char *glob;
	size_t len;
	bool at[PATH_MAX + 1];
};

/* A star may also be nothing.  Returns whether any place is left. */
static bool
places_skip_stars(struct places *p)
{
	bool is_alive = p->at[p->len];

	for (size_t i = 0; i < p->len; i++) {
		if (!p->at[i])
			continue;
		is_alive = true;
		if (p->glob[i] == '*')
			p->at[i + (p->glob[i + 1] == '*' ? 2 : 1)] = true;
	}
	return is_alive;
}

/* From the last place to the first: what is set lies behind what is read. */
static void
places_step(struct places *p, char byte)
{
	p->at[p->len] = false;
	for (size_t i = p->len; i-- > 0;) {
		size_t after;

		if (!p->at[i])
			continue;
		if (p->glob[i] == '*') {
			p->at[i] = byte != '/' || p->glob[i + 1] == '*';
			continue;
		}
		p->at[i] = false;
		if (element_takes(p->glob, i, byte, &after))
			p->at[after] = true;
	}
}

bool
path_matches(const char *text, const char *glob)
{
	struct places p;

	p.glob = glob;
	p.len = strlen(glob);
	if (p.len > PATH_MAX)
		return false;
	memset(p.at, 0, p.len + 1);
	p.at[0] = true;

	for (; places_skip_stars(&p); text++) {
		if (*text == '\0')
			return p.at[p.len];
		places_step(&p, *text);
	}
	return false;
}

bool
path_matches_any(const char *text, const struct words *globs)
{
	for (size_t i = 0; i < globs->n; i++)
		if (path_matches(text, globs->at[i]))
			return true;
	return false;
}

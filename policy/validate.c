#include "policy/validate.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "policy/fstype.h"
#include "policy/select.h"

const char *
validate_name(const char *word)
{
	if (word[0] == '\0')
		return "a policy needs a name";
	if (strlen(word) > VALIDATE_NAME_MAX)
		return "a name longer than 63 bytes";
	return NULL;
}

/* The ']' of the set whose '[' is at c, or NULL. */
static const char *
end_of_set(const char *c)
{
	c++;
	c += *c == '!' ? 1 : 0;
	c += *c == ']' ? 1 : 0; /* one of the set */
	for (; *c != ']'; c++) {
		c += *c == '\\' && c[1] != '\0' ? 1 : 0;
		if (*c == '\0')
			return NULL;
	}
	return c;
}

/* What path_matches() would never match, whatever the text. */
static const char *
pattern_fault(const char *glob)
{
	if (strlen(glob) >= PATH_MAX)
		return "longer than any path or name";
	for (const char *c = glob; *c != '\0'; c++) {
		if (*c == '[')
			c = end_of_set(c);
		else if (*c == '\\' && *++c == '\0')
			return "a '\\' with nothing behind it";
		if (c == NULL)
			return "a '[' without its ']'";
	}
	return NULL;
}

const char *
validate_selector(const char *word)
{
	uint32_t low, high;

	if (word[0] == '\0')
		return "an empty word names nobody";
	switch (select_range(word, &low, &high)) {
	case ID_RANGE_FOUND:
		return NULL;
	case ID_RANGE_NONE:
		return pattern_fault(word);
	case ID_RANGE_BROKEN:
		break;
	}
	return "neither a number nor a range LOW-HIGH with LOW <= HIGH";
}

/* Whether a component of path is "." or "..". */
static bool
has_dots(const char *path)
{
	const char *c = path;

	while (*c != '\0') {
		size_t len;

		c += strspn(c, "/");
		len = strcspn(c, "/");
		if ((len == 1 && c[0] == '.') ||
		    (len == 2 && c[0] == '.' && c[1] == '.'))
			return true;
		c += len;
	}
	return false;
}

const char *
validate_path(const char *word)
{
	if (word[0] != '/')
		return "not an absolute path";
	if (strlen(word) >= PATH_MAX)
		return "longer than any path";
	if (has_dots(word))
		return "a path with '.' or '..' in it";
	if (strpbrk(word, "*?[") != NULL)
		return "a path, not a pattern, belongs here";
	return NULL;
}

const char *
validate_glob(const char *word)
{
	size_t len = strlen(word);

	if (word[0] != '/' && strncmp(word, "**", 2) != 0)
		return "a pattern begins with '/' or with '**'";
	if (len >= PATH_MAX)
		return "longer than any path";
	if (has_dots(word) || strstr(word, "//") != NULL)
		return "no path has '.', '..' or '//' in it: this never "
		       "matches";
	if (word[len - 1] == '/')
		return "this never matches: write DIR/** for what lies below "
		       "DIR";
	return pattern_fault(word);
}

const char *
validate_except(const char *word)
{
	static const char memfd[] = "memfd:";

	if (strncmp(word, memfd, sizeof(memfd) - 1) != 0)
		return validate_glob(word);
	if (word[sizeof(memfd) - 1] == '\0')
		return "which memfd? \"memfd:*\" is any";
	return pattern_fault(word);
}

const char *
validate_message(const char *word)
{
	if (word[0] == '\0')
		return "an empty text: leave it out";
	if (strlen(word) > VALIDATE_MESSAGE_MAX)
		return "longer than 255 bytes";
	return NULL;
}

const char *
validate_filesystem(const char *word)
{
	uint32_t magic;

	if (!fstype_magic(word, &magic))
		return "unknown filesystem type";
	return NULL;
}

void
validate_tidy(char *path)
{
	char *to = path;

	for (const char *from = path; *from != '\0'; from++)
		if (*from != '/' || (from[1] != '/' && from[1] != '\0'))
			*to++ = *from;
	if (to == path)
		*to++ = '/';
	*to = '\0';
}

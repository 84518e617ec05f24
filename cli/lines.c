#include "cli/lines.h"

#include <ctype.h>
#include <string.h>

char *
lines_next(char **rest, unsigned *number)
{
	char *line = *rest, *at = line;

	if (*line == '\0')
		return NULL;
	for (;;) {
		char *end = at + strcspn(at, "\n"), *last = end;
		char *hash = memchr(at, '#', (size_t)(end - at));
		bool is_last = *end == '\0';

		(*number)++;
		*rest = is_last ? end : end + 1;
		if (hash != NULL)
			*hash = '\0';
		if (!is_last)
			*end = ' ';
		while (last > at && isspace((unsigned char)last[-1]))
			last--;
		if (hash != NULL || is_last || last == at || last[-1] != '\\') {
			*end = '\0';
			return line;
		}
		last[-1] = ' ';
		at = *rest;
	}
}

char *
lines_word(char **rest, bool *out_is_bracketed)
{
	char *word = *rest + strspn(*rest, " \t\r"), *to = word, *from;

	*out_is_bracketed = *word == '[';
	if (*word == '\0')
		return NULL;
	if (!*out_is_bracketed) {
		*rest = word + strcspn(word, " \t\r");
		if (**rest != '\0')
			*(*rest)++ = '\0';
		return word;
	}
	for (from = word + 1; *from != '\0' && *from != ']'; from++) {
		if (from[0] == '\\' && from[1] == ']')
			from++;
		*to++ = *from;
	}
	*rest = *from == ']' ? from + 1 : from;
	*to = '\0';
	return word;
}

/*
 * text_fuzz.c - foreign text for text_escape(), and back again.
 *
 * The first byte of the input is the room that there is.
 */
#include "common/text.h"

#include "tests/fuzz/fuzz.h"

/* The byte at *at of an escaped text, which is moved on. */
static char
unescape(const char **at)
{
	const char *c = *at;
	char digits[3] = "";

	insist(c[0] >= ' ' && c[0] <= '~');
	*at += c[0] != '\\' ? 1 : c[1] == '\\' ? 2 : 4;
	if (c[0] != '\\')
		return c[0];
	if (c[1] == '\\')
		return '\\';
	insist(c[1] == 'x' && c[2] != '\0' && c[3] != '\0');
	memcpy(digits, c + 2, 2);
	insist(strspn(digits, "0123456789abcdef") == 2);
	return (char)strtoul(digits, NULL, 16);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct span from = { data, len };
	size_t size = 4 * fuzz_number(&from, 1) + 1;
	SCOPED(text_release) char *text = fuzz_text(from);
	SCOPED(text_release) char *dst = malloc(size);
	const char *at = dst, *whole = text;
	size_t used;

	insist(dst != NULL);
	memset(dst, 'U', size);
	text_escape(text, dst, size);
	used = strnlen(dst, size);
	insist(used < size);
	for (; *at != '\0'; whole++)
		insist(*whole != '\0' && unescape(&at) == *whole);
	/* What was cut off would not have fitted. */
	if (*whole != '\0')
		insist(used + (*whole == '\\'                      ? 2
				  : *whole >= ' ' && *whole <= '~' ? 1
								   : 4) >=
		       size);
	return 0;
}

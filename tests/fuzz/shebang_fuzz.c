/*
 * shebang_fuzz.c - heads of files for shebang_interpreter(), beside a second
 * reading of the same kernel function: this one walks the buffer by pointers,
 * as load_script() does.
 */
#include "policy/shebang.h"
#include "tests/fuzz/fuzz.h"

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* The first byte of [at, last] that is no blank, or NULL. */
static char *
next_non_blank(char *at, char *last)
{
	for (; at <= last; at++)
		if (!is_blank(*at))
			return at;
	return NULL;
}

/* The first blank or NUL of [at, last], or NULL. */
static char *
next_end(char *at, char *last)
{
	for (; at <= last; at++)
		if (is_blank(*at) || *at == '\0')
			return at;
	return NULL;
}

/* The name in line, which is written to; NULL: the kernel refuses it. */
static const char *
kernel_name(char line[SHEBANG_MAX])
{
	char *last = line + SHEBANG_MAX - 1;
	char *end = memchr(line, '\n', strnlen(line, SHEBANG_MAX));
	char *name, *sep;

	if (end == NULL) {
		end = next_non_blank(line + 2, last);
		if (end == NULL || next_end(end, last) == NULL)
			return NULL;
		end = last;
	}
	while (is_blank(end[-1]))
		end--;
	name = next_non_blank(line + 2, end);
	if (name == NULL || name == end)
		return NULL;
	sep = next_end(name, end);
	*end = '\0';
	if (sep != NULL)
		*sep = '\0';
	/* An empty name is then not found: refused as well. */
	return name[0] == '\0' ? NULL : name;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char line[SHEBANG_MAX] = { 0 }, out[SHEBANG_MAX], before[SHEBANG_MAX];
	enum shebang got;
	const char *want;

	memset(out, 'U', sizeof(out));
	memcpy(before, out, sizeof(out));
	got = shebang_interpreter((struct span){ data, len }, out);
	if (got != SHEBANG_FOUND)
		insist(fuzz_same(out, before, sizeof(out)));

	if (len > 0)
		memcpy(line, data, len < sizeof(line) ? len : sizeof(line));
	if (line[0] != '#' || line[1] != '!') {
		insist(got == SHEBANG_NONE);
		return 0;
	}
	want = kernel_name(line);
	insist(got == (want == NULL ? SHEBANG_BROKEN : SHEBANG_FOUND));
	if (want != NULL)
		insist(strcmp(out, want) == 0);
	return 0;
}

/*
 * shebang.c - the interpreter that a #! line names.
 *
 * load_script() of fs/binfmt_script.c, step for step: a reading of the line
 * that differs from the kernel's would judge another interpreter than the one
 * that runs.
 */
#include "policy/shebang.h"

#define LAST (SHEBANG_MAX - 1)

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static size_t
skip_blanks(const char *line, size_t at, size_t end)
{
	while (at < end && is_blank(line[at]))
		at++;
	return at;
}

/* The first blank or NUL from at, or end. */
static size_t
skip_word(const char *line, size_t at, size_t end)
{
	while (at < end && !is_blank(line[at]) && line[at] != '\0')
		at++;
	return at;
}

/*
 * Where the line ends: at its newline; without one, at the buffer's last byte,
 * provided that the name ends inside the buffer.  0 when it was cut off.
 *
 * The kernel looks for the newline no further than the first NUL.
 */
static size_t
line_end(const char *line)
{
	const size_t text_len = strnlen(line, SHEBANG_MAX);
	const char *newline = memchr(line, '\n', text_len);
	size_t name;

	if (newline != NULL)
		return (size_t)(newline - line);
	name = skip_blanks(line, 2, SHEBANG_MAX);
	if (skip_word(line, name, SHEBANG_MAX) == SHEBANG_MAX)
		return 0;
	return LAST;
}

enum shebang
shebang_interpreter(struct span head, char out[SHEBANG_MAX])
{
	/* A shorter file is padded with zeros, as the kernel pads it. */
	char line[SHEBANG_MAX] = { 0 };
	size_t end, name, name_len;

	if (head.len > SHEBANG_MAX)
		head.len = SHEBANG_MAX;
	if (!span_copy(head, 0, line, head.len) || line[0] != '#' ||
	    line[1] != '!')
		return SHEBANG_NONE;

	end = line_end(line);
	if (end == 0)
		return SHEBANG_BROKEN;
	name = skip_blanks(line, 2, end);
	name_len = skip_word(line, name, end) - name;
	/* No name at all: "#!" alone, or nothing but blanks after it. */
	if (name_len == 0)
		return SHEBANG_BROKEN;

	memcpy(out, line + name, name_len);
	out[name_len] = '\0';
	return SHEBANG_FOUND;
}

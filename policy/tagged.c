#include "policy/tagged.h"

#include <string.h>

static const char too_long[] = "a path that is too long for any file";

/* A line of the longest path, with its NUL. */
#define LINE_SIZE (TAGGED_ESCAPED_MAX + 2 * DIGEST_MAX + 32)

/* The fewest digits of a digest that md5sum and its kin print. */
#define UNTAGGED_DIGITS 32

/* 1 + the value of a hexadecimal digit; 0: no digit. */
/* clang-format off */
static const uint8_t digits[UINT8_MAX + 1] = {
	['0'] = 1, ['1'] = 2, ['2'] = 3, ['3'] = 4, ['4'] = 5,
	['5'] = 6, ['6'] = 7, ['7'] = 8, ['8'] = 9, ['9'] = 10,
	['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
	['A'] = 11, ['B'] = 12, ['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
};
/* clang-format on */

/* -1: no hexadecimal digit. */
static int
digit_value(char byte)
{
	return digits[(uint8_t)byte] - 1;
}

/* What sha256sum prints without --tag: digits, a blank, a name. */
static bool
is_untagged(const char *line)
{
	size_t n = 0;

	while (digit_value(line[n]) >= 0)
		n++;
	return n >= UNTAGGED_DIGITS && line[n] == ' ';
}

/* A line, cut in three. */
struct parts {
	const char *name;
	char *path;
	const char *hex;
};

/* The last bracket ends the path: a digest has none, and a path may. */
static bool
split(char *line, struct parts *out)
{
	static const char open[] = " (", close[] = ") = ";
	char *path = strstr(line, open);
	char *hex = strrchr(line, close[0]);

	if (path == NULL || hex == NULL || hex < path + strlen(open) ||
	    strncmp(hex, close, strlen(close)) != 0)
		return false;
	*path = '\0';
	*hex = '\0';
	*out = (struct parts){ line, path + strlen(open), hex + strlen(close) };
	return true;
}

/* '\0': nothing that a backslash may stand before. */
static char
unescaped(char byte)
{
	switch (byte) {
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case '\\':
		return '\\';
	default:
		return '\0';
	}
}

static const char *
copy_path(const char *from, bool is_escaped, struct tagged *out)
{
	size_t n = 0;

	for (; *from != '\0'; from++) {
		char byte = *from;

		if (byte == '\\' && is_escaped) {
			byte = unescaped(*++from);
			if (byte == '\0')
				return "in an escaped path a backslash stands "
				       "before n, r or another";
		}
		if (n == sizeof(out->path) - 1)
			return too_long;
		out->path[n++] = byte;
	}
	out->path[n] = '\0';
	out->path_len = n;
	return NULL;
}

/* Whether one of the components is empty, "." or "..". */
static bool
has_odd_component(const char *path)
{
	while (*path == '/') {
		size_t len = strcspn(++path, "/");

		if (len == 0 || (len == 1 && path[0] == '.') ||
		    (len == 2 && path[0] == '.' && path[1] == '.'))
			return true;
		path += len;
	}
	return false;
}

/* A path that the kernel never gives a file would never be looked up. */
static const char *
judge_path(const char *path)
{
	if (path[0] != '/')
		return "not an absolute path: name files from / when you make "
		       "the digests";
	if (has_odd_component(path))
		return "a path with '//', '.', '..' or a '/' at its end: write "
		       "the plain one";
	return NULL;
}

static const char *
read_hex(const char *hex, struct tagged *out)
{
	const size_t size = algorithm_size(out->algorithm);

	if (strlen(hex) != 2 * size)
		return "a digest of another length than the algorithm's";
	for (size_t i = 0; i < size; i++) {
		int high = digit_value(hex[2 * i]);
		int low = digit_value(hex[2 * i + 1]);

		if (high < 0 || low < 0)
			return "a digest with more than hexadecimal digits";
		out->digest[i] = (uint8_t)(high << 4 | low);
	}
	return NULL;
}

static const char *
read_entry(char *line, struct tagged *out)
{
	const bool is_escaped = line[0] == '\\';
	struct parts parts;
	const char *what;

	if (is_escaped)
		line++;
	if (is_untagged(line))
		return "it names no algorithm: make the digests with --tag";
	if (!split(line, &parts))
		return "neither a comment nor ALGORITHM (PATH) = DIGEST";
	out->algorithm = algorithm_named(parts.name);
	if (out->algorithm == DIGEST_UNKNOWN)
		return "unknown algorithm (SHA256, SHA384, SHA512, SHA3-256, "
		       "SHA3-384, SHA3-512, BLAKE2b, BLAKE2b-256 or "
		       "BLAKE2b-384)";
	what = copy_path(parts.path, is_escaped, out);
	if (what == NULL)
		what = judge_path(out->path);
	if (what == NULL)
		what = read_hex(parts.hex, out);
	return what;
}

const char *
tagged_read(struct span line, struct tagged *out, bool *is_entry)
{
	char text[LINE_SIZE];

	*is_entry = false;
	if (line.len >= sizeof(text))
		return too_long;
	(void)span_copy(line, 0, text, line.len);
	text[line.len] = '\0';
	if (strlen(text) != line.len)
		return "a NUL byte";
	if (line.len > 0 && text[line.len - 1] == '\r')
		return "it ends as lines end in Windows: one byte too many";
	if (text[0] == '#' || text[strspn(text, " \t")] == '\0')
		return NULL;
	*is_entry = true;
	return read_entry(text, out);
}

bool
tagged_escape(const char *path, char out[TAGGED_ESCAPED_MAX])
{
	bool is_escaped = false;
	size_t n = 0;

	for (; *path != '\0'; path++) {
		char byte = *path;

		if (byte == '\n' || byte == '\r' || byte == '\\') {
			out[n++] = '\\';
			is_escaped = true;
			if (byte != '\\')
				byte = byte == '\n' ? 'n' : 'r';
		}
		out[n++] = byte;
	}
	out[n] = '\0';
	return is_escaped;
}

void
tagged_hex(const uint8_t *digest, size_t size, char out[2 * DIGEST_MAX + 1])
{
	static const char letters[] = "0123456789abcdef";

	for (size_t i = 0; i < size; i++) {
		out[2 * i] = letters[digest[i] >> 4];
		out[2 * i + 1] = letters[digest[i] & 15];
	}
	out[2 * size] = '\0';
}

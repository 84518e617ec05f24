/*
 * tagged_test.c - one line of a manifest.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/scope.h"
#include "policy/tagged.h"

#define X8       "0123cdef"
#define HEX_128  X8 X8 X8 X8
#define HEX_256  HEX_128 HEX_128
#define HEX_384  HEX_256 HEX_128
#define HEX_512  HEX_256 HEX_256
#define S(path)  "SHA256 (" path ") = " HEX_256
#define SE(path) "\\" S(path)

#define LINE_OF(text) text, sizeof(text) - 1

#define ABSOLUTE                                                               \
	"not an absolute path: name files from / when you make the "           \
	"digests"
#define PLAIN                                                                  \
	"a path with '//', '.', '..' or a '/' at its end: write the "          \
	"plain one"
#define LENGTHY "a digest of another length than the algorithm's"
#define DIGITS  "a digest with more than hexadecimal digits"
#define ESCAPE  "in an escaped path a backslash stands before n, r or another"
#define NO_TAG  "it names no algorithm: make the digests with --tag"
#define NO_LINE "neither a comment nor ALGORITHM (PATH) = DIGEST"
#define WINDOWS "it ends as lines end in Windows: one byte too many"
#define UNKNOWN                                                                \
	"unknown algorithm (SHA256, SHA384, SHA512, SHA3-256, "                \
	"SHA3-384, SHA3-512, BLAKE2b, BLAKE2b-256 or BLAKE2b-384)"

/* clang-format off */
static const struct row {
	const char *name;
	const char *line;
	size_t len;
	const char *want; /* what is wrong; NULL: nothing */
	enum digest_algorithm want_algorithm;
	const char *want_path; /* NULL: it is no entry */
} rows[] = {
	{ "an empty line", LINE_OF(""), NULL, 0, NULL },
	{ "blanks and tabs", LINE_OF(" \t "), NULL, 0, NULL },
	{ "a comment", LINE_OF("# SHA256 (x) = 1"), NULL, 0, NULL },
	{ "a comment with bytes beyond ASCII", LINE_OF("#\xff\x1b"), NULL, 0,
	    NULL },

	{ "what sha256sum --tag prints", LINE_OF(S("/usr/bin/env")), NULL,
	    DIGEST_SHA256, "/usr/bin/env" },
	{ "what md5sum --tag prints", LINE_OF("MD5 (/a) = " HEX_128), NULL,
	    DIGEST_MD5, "/a" },
	{ "what sha1sum --tag prints", LINE_OF("SHA1 (/a) = " HEX_128 X8), NULL,
	    DIGEST_SHA1, "/a" },
	{ "what sha384sum --tag prints", LINE_OF("SHA384 (/a) = " HEX_384), NULL,
	    DIGEST_SHA384, "/a" },
	{ "what sha512sum --tag prints", LINE_OF("SHA512 (/a) = " HEX_512), NULL,
	    DIGEST_SHA512, "/a" },
	{ "what b2sum --tag prints", LINE_OF("BLAKE2b (/a) = " HEX_512), NULL,
	    DIGEST_BLAKE2B, "/a" },
	{ "what b2sum -l 256 --tag prints",
	    LINE_OF("BLAKE2b-256 (/a) = " HEX_256), NULL,
	    DIGEST_BLAKE2B_256, "/a" },
	{ "what b2sum -l 384 --tag prints",
	    LINE_OF("BLAKE2b-384 (/a) = " HEX_384), NULL,
	    DIGEST_BLAKE2B_384, "/a" },
	{ "what cksum -a sha3 -l 256 prints",
	    LINE_OF("SHA3-256 (/a) = " HEX_256), NULL, DIGEST_SHA3_256, "/a" },
	{ "what cksum -a sha3 -l 384 prints",
	    LINE_OF("SHA3-384 (/a) = " HEX_384), NULL, DIGEST_SHA3_384, "/a" },
	{ "what cksum -a sha3 -l 512 prints",
	    LINE_OF("SHA3-512 (/a) = " HEX_512), NULL, DIGEST_SHA3_512, "/a" },
	{ "digits in capitals",
	    LINE_OF("MD5 (/a) = 0123CDEF0123CDEF0123CDEF0123CDEF"), NULL,
	    DIGEST_MD5, "/a" },

	{ "a path with blanks", LINE_OF(S("/a b  c ")), NULL, DIGEST_SHA256,
	    "/a b  c " },
	{ "a path with brackets", LINE_OF(S("/a (1) = (2)")), NULL,
	    DIGEST_SHA256, "/a (1) = (2)" },
	{ "a path like a line", LINE_OF(S("/x) = " HEX_256)), NULL,
	    DIGEST_SHA256, "/x) = " HEX_256 },
	{ "a path with bytes beyond ASCII", LINE_OF(S("/\xc3\xa4\xff\x1b")),
	    NULL, DIGEST_SHA256, "/\xc3\xa4\xff\x1b" },
	{ "names that begin with dots", LINE_OF(S("/.a/..b/...")), NULL,
	    DIGEST_SHA256, "/.a/..b/..." },
	{ "an escaped newline", LINE_OF(SE("/a\\nb")), NULL, DIGEST_SHA256,
	    "/a\nb" },
	{ "an escaped carriage return", LINE_OF(SE("/a\\rb")), NULL,
	    DIGEST_SHA256, "/a\rb" },
	{ "an escaped backslash", LINE_OF(SE("/a\\\\b\\\\")), NULL,
	    DIGEST_SHA256, "/a\\b\\" },
	{ "an escaped backslash before an n", LINE_OF(SE("/a\\\\n")), NULL,
	    DIGEST_SHA256, "/a\\n" },
	{ "a plain line has no escapes", LINE_OF(S("/a\\nb\\")), NULL,
	    DIGEST_SHA256, "/a\\nb\\" },
	{ "an escaped line needs none", LINE_OF(SE("/a")), NULL, DIGEST_SHA256,
	    "/a" },

	{ "an unknown escape", LINE_OF(SE("/a\\tb")), ESCAPE, 0, NULL },
	{ "an escape that the path's end cuts off", LINE_OF(SE("/a\\")), ESCAPE,
	    0, NULL },
	{ "a relative path", LINE_OF(S("usr/bin/env")), ABSOLUTE, 0, NULL },
	{ "standard input", LINE_OF(S("-")), ABSOLUTE, 0, NULL },
	{ "an empty path", LINE_OF(S("")), ABSOLUTE, 0, NULL },
	{ "two slashes", LINE_OF(S("/usr//bin")), PLAIN, 0, NULL },
	{ "two slashes at the beginning", LINE_OF(S("//usr")), PLAIN, 0, NULL },
	{ "a slash at the end", LINE_OF(S("/usr/")), PLAIN, 0, NULL },
	{ "the top folder", LINE_OF(S("/")), PLAIN, 0, NULL },
	{ "a dot", LINE_OF(S("/usr/./bin")), PLAIN, 0, NULL },
	{ "a dot at the end", LINE_OF(S("/usr/.")), PLAIN, 0, NULL },
	{ "two dots", LINE_OF(S("/usr/../bin")), PLAIN, 0, NULL },

	{ "an algorithm that nobody knows", LINE_OF("CRC (/a) = " HEX_128),
	    UNKNOWN, 0, NULL },
	{ "an algorithm in small letters", LINE_OF("sha256 (/a) = " HEX_256),
	    UNKNOWN, 0, NULL },
	{ "no algorithm", LINE_OF(" (/a) = " HEX_256), UNKNOWN, 0, NULL },
	{ "a blank before the algorithm", LINE_OF(" " S("/a")), UNKNOWN, 0,
	    NULL },

	{ "a digit too few", LINE_OF("SHA256 (/a) = " HEX_128 X8 "0123cde"),
	    LENGTHY, 0, NULL },
	{ "a digit too many", LINE_OF(S("/a") "0"), LENGTHY, 0, NULL },
	{ "no digit", LINE_OF("SHA256 (/a) = "), LENGTHY, 0, NULL },
	{ "another algorithm's digest", LINE_OF("SHA256 (/a) = " HEX_512),
	    LENGTHY, 0, NULL },
	{ "a blank behind the digest", LINE_OF(S("/a") " "), LENGTHY, 0, NULL },
	{ "a digest in base64",
	    LINE_OF("MD5 (/a) = 1B2M2Y8AsgTpgAmY7PhCfg=="), LENGTHY, 0, NULL },
	{ "a letter that is no digit",
	    LINE_OF("MD5 (/a) = 0123cdeg0123cdef0123cdef0123cdef"), DIGITS, 0,
	    NULL },
	{ "a sign that is no digit",
	    LINE_OF("MD5 (/a) = 0123cdef0123cdef0123cdef0123cd:/"), DIGITS, 0,
	    NULL },

	{ "what sha256sum prints without --tag",
	    LINE_OF(HEX_256 "  /usr/bin/env"), NO_TAG, 0, NULL },
	{ "the same of a binary file", LINE_OF(HEX_256 " */usr/bin/env"),
	    NO_TAG, 0, NULL },
	{ "the same with a path to escape", LINE_OF("\\" HEX_128 "  /a\\nb"),
	    NO_TAG, 0, NULL },
	{ "what openssl prints", LINE_OF("SHA256(/a)= " HEX_256), NO_LINE, 0,
	    NULL },
	{ "no bracket", LINE_OF("SHA256 /a = " HEX_256), NO_LINE, 0, NULL },
	{ "a bracket that is not closed", LINE_OF("SHA256 (/a = " HEX_256),
	    NO_LINE, 0, NULL },
	{ "a bracket that is not opened", LINE_OF("SHA256 /a) = " HEX_256),
	    NO_LINE, 0, NULL },
	{ "brackets the wrong way round", LINE_OF("SHA256) = (/a"), NO_LINE, 0,
	    NULL },
	{ "nothing in between", LINE_OF("SHA256 () = " HEX_256), ABSOLUTE, 0,
	    NULL },
	{ "nothing but brackets", LINE_OF(" ()"), NO_LINE, 0, NULL },
	{ "no equals sign", LINE_OF("SHA256 (/a) " HEX_256), NO_LINE, 0, NULL },
	{ "nothing but a backslash", LINE_OF("\\"), NO_LINE, 0, NULL },
	{ "an escaped comment", LINE_OF("\\# (a)"), NO_LINE, 0, NULL },
	{ "any words", LINE_OF("these are any words"), NO_LINE, 0, NULL },

	{ "a line of Windows", LINE_OF(S("/a") "\r"), WINDOWS, 0, NULL },
	{ "a comment of Windows", LINE_OF("# all\r"), WINDOWS, 0, NULL },
	{ "an empty line of Windows", LINE_OF("\r"), WINDOWS, 0, NULL },
	{ "a NUL in the path", LINE_OF(S("/a\0b")), "a NUL byte", 0, NULL },
	{ "a NUL behind the line", LINE_OF(S("/a") "\0"), "a NUL byte", 0,
	    NULL },
	{ "a NUL in a comment", LINE_OF("# \0"), "a NUL byte", 0, NULL },
};
/* clang-format on */

/* A heap block of exactly the length: reading past it is seen by ASan. */
static const char *
read_exact(const char *line, size_t len, struct tagged *out, bool *is_entry)
{
	uint8_t *exact = malloc(len > 0 ? len : 1);
	const char *what;

	assert_non_null(exact);
	memcpy(exact, line, len);
	what = tagged_read((struct span){ exact, len }, out, is_entry);
	free(exact);
	return what;
}

static void
row_test(void **state)
{
	static const uint8_t digest[] = { 0x01, 0x23, 0xcd, 0xef, 0x01 };
	const struct row *row = *state;
	struct tagged got;
	bool is_entry;
	const char *what = read_exact(row->line, row->len, &got, &is_entry);

	if (row->want != NULL) {
		assert_non_null(what);
		assert_string_equal(what, row->want);
		return;
	}
	assert_null(what);
	assert_int_equal(is_entry, row->want_path != NULL);
	if (!is_entry)
		return;
	assert_int_equal(got.algorithm, row->want_algorithm);
	assert_string_equal(got.path, row->want_path);
	assert_int_equal(got.path_len, strlen(row->want_path));
	assert_memory_equal(got.digest, digest, sizeof(digest));
}

/* A line of a path of len bytes, each but the first as long as unit. */
static size_t
long_line(char *out, const char *start, const char *unit, size_t n)
{
	char *at = stpcpy(out, start);

	for (size_t i = 0; i < n; i++)
		at = stpcpy(at, unit);
	at = stpcpy(at, ") = " HEX_512);
	return (size_t)(at - out);
}

static void
a_path_may_be_as_long_as_any(void **state UNUSED)
{
	static char line[4 * PATH_MAX];
	struct tagged got;
	bool is_entry;

	size_t len = long_line(line, "BLAKE2b (/", "a", PATH_MAX - 2);
	assert_null(read_exact(line, len, &got, &is_entry));
	assert_int_equal(got.path_len, PATH_MAX - 1);

	len = long_line(line, "BLAKE2b (/", "a", PATH_MAX - 1);
	assert_string_equal(read_exact(line, len, &got, &is_entry),
	    "a path that is too long for any file");

	len = long_line(line, "\\BLAKE2b (/", "\\n", PATH_MAX - 2);
	assert_null(read_exact(line, len, &got, &is_entry));
	assert_int_equal(got.path_len, PATH_MAX - 1);

	len = long_line(line, "\\BLAKE2b (/", "\\n", PATH_MAX + 200);
	assert_string_equal(read_exact(line, len, &got, &is_entry),
	    "a path that is too long for any file");
}

static void
what_is_written_is_read(void **state UNUSED)
{
	static const char *const paths[] = { "/a", "/a\nb", "/\\", "/\\n\r\n",
		"/a b) = c", "/\xff" };
	static const bool is_escaped[] = { false, true, true, true, false,
		false };
	uint8_t digest[DIGEST_MAX];
	char hex[2 * DIGEST_MAX + 1], spelled[TAGGED_ESCAPED_MAX];
	char line[2 * TAGGED_ESCAPED_MAX];

	for (size_t i = 0; i < sizeof(digest); i++)
		digest[i] = (uint8_t)(i * 37);
	tagged_hex(digest, sizeof(digest), hex);
	for (size_t i = 0; i < LENGTH(paths); i++) {
		struct tagged got;
		bool is_entry, escaped = tagged_escape(paths[i], spelled);
		char *at = stpcpy(line, escaped ? "\\" : "");

		assert_int_equal(escaped, is_escaped[i]);
		at = stpcpy(stpcpy(at, "SHA3-512 ("), spelled);
		at = stpcpy(stpcpy(at, ") = "), hex);
		assert_null(
		    read_exact(line, (size_t)(at - line), &got, &is_entry));
		assert_string_equal(got.path, paths[i]);
		assert_memory_equal(got.digest, digest, sizeof(digest));
	}
}

static void
no_byte_can_do_harm(void **state UNUSED)
{
	static const char line[] = "\\MD5 (/a\\nb) = " HEX_128;
	char bytes[sizeof(line)];
	struct tagged got;
	bool is_entry;

	for (size_t at = 0; at < sizeof(line) - 1; at++) {
		for (int value = 0; value < 256; value++) {
			memcpy(bytes, line, sizeof(line));
			bytes[at] = (char)value;
			for (size_t len = at; len < sizeof(line); len++)
				(void)read_exact(bytes, len, &got, &is_entry);
		}
	}
}

#define N_ROWS LENGTH(rows)

int
main(void)
{
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(a_path_may_be_as_long_as_any),
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(no_byte_can_do_harm),
	};
	struct CMUnitTest tests[N_ROWS + LENGTH(others)];

	for (size_t i = 0; i < N_ROWS; i++)
		tests[i] = (struct CMUnitTest){
			.name = rows[i].name,
			.test_func = row_test,
			.initial_state = (void *)(uintptr_t)&rows[i],
		};
	memcpy(tests + N_ROWS, others, sizeof(others));
	return cmocka_run_group_tests_name("tagged", tests, NULL, NULL);
}

/*
 * manifest_test.c - the texts of manifest files to a table that is asked by
 * path.
 */
#include "policy/manifest.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define X8    "0123cdef"
#define Y8    "0123cdee"
#define A_128 X8 X8 X8 X8
#define B_128 Y8 Y8 Y8 Y8
#define A_256 A_128 A_128
#define B_256 B_128 B_128
#define A_512 A_256 A_256

#define A(path) "SHA256 (" path ") = " A_256 "\n"
#define B(path) "SHA256 (" path ") = " B_256 "\n"

#define TEXT_OF(text) text, sizeof(text) - 1

/* clang-format off */
static const struct row {
	const char *name;
	const char *text;
	size_t len;
	const char *second; /* another file; NULL: there is none */
	bool weak;
	const char *want; /* what is wrong; "": nothing */
	size_t want_n;
} rows[] = {
	{ "an empty file", TEXT_OF(""), NULL, false, "", 0 },
	{ "comments and blank lines alone", TEXT_OF("# a\n\n \n# b"), NULL,
	    false, "", 0 },
	{ "two files", TEXT_OF(A("/a") "# more\n\n" B("/b")), NULL, false, "",
	    2 },
	{ "a last line without its end",
	    TEXT_OF("SHA256 (/a) = " A_256), NULL, false, "", 1 },
	{ "the same line twice", TEXT_OF(A("/a") A("/a")), NULL, false, "", 1 },
	{ "the same line in another file", TEXT_OF(A("/a")), A("/a"), false, "",
	    1 },
	{ "lines of two files", TEXT_OF(A("/a")), B("/b"), false, "", 2 },
	{ "two algorithms for a file",
	    TEXT_OF(A("/a") "BLAKE2b (/a) = " A_512 "\n"), NULL, false, "", 2 },
	{ "weak algorithms, when they are welcome",
	    TEXT_OF("MD5 (/a) = " A_128 "\nSHA1 (/a) = " A_128 X8 "\n"), NULL,
	    true, "", 2 },

	{ "MD5", TEXT_OF("# weak\nMD5 (/a) = " A_128 "\n"), NULL, false,
	    "one:2: a weak algorithm: two files can be made that have one "
	    "digest", 0 },
	{ "SHA-1", TEXT_OF("SHA1 (/a) = " A_128 X8 "\n"), NULL, false,
	    "one:1: a weak algorithm: two files can be made that have one "
	    "digest", 0 },
	{ "another digest of a file",
	    TEXT_OF(A("/b") A("/a") "\n" B("/a")), NULL, false,
	    "one:4: another digest of a file that has one by this algorithm: "
	    "the first is at one:2", 0 },
	{ "another digest of a file in another file",
	    TEXT_OF("\n" A("/a")), A("/b") B("/a"), false,
	    "two:2: another digest of a file that has one by this algorithm: "
	    "the first is at one:2", 0 },
	{ "another digest by one algorithm of two",
	    TEXT_OF("MD5 (/a) = " A_128 "\n" A("/a") "MD5 (/a) = " B_128),
	    NULL, true,
	    "one:3: another digest of a file that has one by this algorithm: "
	    "the first is at one:1", 0 },
	{ "a line that is wrong", TEXT_OF(A("/a") "\n" A("b")), NULL, false,
	    "one:3: not an absolute path: name files from / when you make the "
	    "digests", 0 },
	{ "a last line that is cut off",
	    TEXT_OF(A("/a") "SHA256 (/b) = " A_128), NULL, false,
	    "one:2: a digest of another length than the algorithm's", 0 },
	{ "lines of Windows", TEXT_OF("SHA256 (/a) = " A_256 "\r\n"), NULL,
	    false, "one:1: it ends as lines end in Windows: one byte too many",
	    0 },
	{ "a NUL byte", TEXT_OF(A("/a") "\0\n"), NULL, false,
	    "one:2: a NUL byte", 0 },
	{ "a file of NUL bytes", TEXT_OF("\0\0\0\0"), NULL, false,
	    "one:1: a NUL byte", 0 },
	{ "sha256sum without --tag", TEXT_OF(A_256 "  /a\n"), NULL, false,
	    "one:1: it names no algorithm: make the digests with --tag", 0 },
};
/* clang-format on */

/* A heap block of exactly the length: reading past it is seen by ASan. */
static int
add_bytes(struct manifest *m, const char *file, struct span text, bool weak,
    struct manifest_error *out)
{
	uint8_t *exact = malloc(text.len > 0 ? text.len : 1);
	int r;

	assert_non_null(exact);
	assert_true(span_copy(text, 0, exact, text.len));
	r = manifest_add(m, file, (struct span){ exact, text.len }, weak, out);
	free(exact);
	return r;
}

static struct span
span_of(const char *text, size_t len)
{
	return (struct span){ (const uint8_t *)text, len };
}

static int
add(struct manifest *m, const char *file, const char *text, bool weak,
    struct manifest_error *out)
{
	return add_bytes(m, file, span_of(text, strlen(text)), weak, out);
}

static size_t
count(const struct manifest *m)
{
	struct manifest_entry entry;
	size_t at = 0, n = 0;

	while (manifest_next(m, &at, &entry))
		n++;
	return n;
}

static void
row_test(void **state)
{
	const struct row *row = *state;
	SCOPED(manifest_release) struct manifest m = { 0 };
	struct manifest_error error;
	const char *file = "one";
	char why[MANIFEST_WHY];
	int r = add_bytes(
	    &m, file, span_of(row->text, row->len), row->weak, &error);

	if (r == 0 && row->second != NULL) {
		file = "two";
		r = add(&m, file, row->second, row->weak, &error);
	}
	if (row->want[0] != '\0') {
		assert_int_equal(r, -EINVAL);
		manifest_explain(file, &error, why);
		assert_string_equal(why, row->want);
		return;
	}
	assert_int_equal(r, 0);
	manifest_seal(&m);
	assert_int_equal(count(&m), row->want_n);
}

static void
a_file_is_found_with_its_line(void **state UNUSED)
{
	SCOPED(manifest_release) struct manifest m = { 0 };
	struct manifest_error error;
	struct manifest_entry entry = { .line = 77 };
	static const char one[] = "# one\n" A("/usr/bin/env");
	static const char two[] = "\n\n\\SHA256 (/a\\nb) = " B_256;

	assert_false(manifest_find(&m, "/usr/bin/env", &entry));
	assert_int_equal(add(&m, "one", one, false, &error), 0);
	assert_int_equal(add(&m, "two", two, false, &error), 0);
	manifest_seal(&m);

	assert_false(manifest_find(&m, "/usr/bin/en", &entry));
	assert_false(manifest_find(&m, "/usr/bin/env2", &entry));
	assert_false(manifest_find(&m, "", &entry));
	assert_int_equal(entry.line, 77); /* untouched */

	assert_true(manifest_find(&m, "/usr/bin/env", &entry));
	assert_string_equal(entry.path, "/usr/bin/env");
	assert_int_equal(entry.algorithm, DIGEST_SHA256);
	assert_int_equal(entry.digest[3], 0xef);
	assert_string_equal(entry.file, "one");
	assert_int_equal(entry.line, 2);

	assert_true(manifest_find(&m, "/a\nb", &entry));
	assert_int_equal(entry.digest[3], 0xee);
	assert_string_equal(entry.file, "two");
	assert_int_equal(entry.line, 3);
}

static void
the_strongest_counts(void **state UNUSED)
{
	static const char text[] = "SHA512 (/a) = " A_512 "\n"
				   "SHA3-512 (/a) = " A_512
				   "\n" A("/a") "MD5 (/a) = " B_128
						"\nMD5 (/b) = " B_128;
	SCOPED(manifest_release) struct manifest m = { 0 };
	struct manifest_error error;
	struct manifest_entry entry;

	assert_int_equal(add(&m, "one", text, true, &error), 0);
	assert_true(manifest_find(&m, "/a", &entry));
	assert_int_equal(entry.algorithm, DIGEST_SHA3_512);
	assert_int_equal(entry.line, 2);
	assert_true(manifest_find(&m, "/b", &entry));
	assert_int_equal(entry.algorithm, DIGEST_MD5);
	assert_int_equal(count(&m), 5);
}

static void
what_is_too_large_is_not_read(void **state UNUSED)
{
	static const uint8_t byte;
	SCOPED(manifest_release) struct manifest m = { 0 };
	struct manifest_error error;

	assert_int_equal(
	    manifest_add(&m, "one",
		(struct span){ &byte, MANIFEST_FILE_MAX + 1 }, false, &error),
	    -EINVAL);
	assert_string_equal(error.what, "the file is too large");
}

/* --- many entries -----------------------------------------------------------
 */

#define MANY 5000

/* Names as long as those below /usr: 16 bytes a program, 46 a library. */
static void
path_of(size_t i, char *out, size_t size)
{
	if (i % 3 == 0)
		(void)snprintf(out, size, "/usr/bin/prog-%05zu", i);
	else
		(void)snprintf(out, size,
		    "/usr/lib/x86_64-linux-gnu/libsome-%05zu.so.1.2.3", i);
}

static char *
many_lines(void)
{
	char *text = malloc(MANY * 160), *at = text, path[80];

	assert_non_null(text);
	for (size_t i = 0; i < MANY; i++) {
		path_of(i, path, sizeof(path));
		at += sprintf(at, "SHA256 (%s) = %064zx\n", path, i);
	}
	return text;
}

static double
now_ms(void)
{
	struct timespec now;

	assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &now), 0);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* What is measured is printed; run.sh shows it. */
static void
many_files_are_held_in_little_room(void **state UNUSED)
{
	SCOPED(manifest_release) struct manifest m = { 0 };
	SCOPED(text_release) char *text = many_lines();
	struct manifest_error error;
	struct manifest_entry entry;
	char path[80];
	double began = now_ms(), read_ms, found_ms, bytes;

	assert_int_equal(add(&m, "many", text, false, &error), 0);
	manifest_seal(&m);
	read_ms = now_ms() - began;
	bytes = (double)(m.room + m.n_slots * sizeof(*m.slots)) / MANY;

	began = now_ms();
	for (size_t i = 0; i < MANY; i++) {
		path_of(i, path, sizeof(path));
		assert_true(manifest_find(&m, path, &entry));
		assert_int_equal(entry.line, i + 1);
		assert_int_equal(entry.digest[31], i & 0xff);
	}
	found_ms = now_ms() - began;
	for (size_t i = MANY; i < 2 * MANY; i++) {
		path_of(i, path, sizeof(path));
		assert_false(manifest_find(&m, path, &entry));
	}
	assert_true(bytes < 110);
	printf(
	    "# %d entries: %.1f bytes each, read in %.2f ms, found in %.0f ns "
	    "each\n",
	    MANY, bytes, read_ms, found_ms * 1e6 / MANY);
}

#define N_ROWS LENGTH(rows)

int
main(void)
{
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(a_file_is_found_with_its_line),
		cmocka_unit_test(the_strongest_counts),
		cmocka_unit_test(what_is_too_large_is_not_read),
		cmocka_unit_test(many_files_are_held_in_little_room),
	};
	struct CMUnitTest tests[N_ROWS + LENGTH(others)];

	for (size_t i = 0; i < N_ROWS; i++)
		tests[i] = (struct CMUnitTest){
			.name = rows[i].name,
			.test_func = row_test,
			.initial_state = (void *)(uintptr_t)&rows[i],
		};
	memcpy(tests + N_ROWS, others, sizeof(others));
	return cmocka_run_group_tests_name("manifest", tests, NULL, NULL);
}

/*
 * shebang_test.c - the interpreter that a #! line names, as the kernel reads
 * it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/scope.h"
#include "policy/shebang.h"

#define FILE_OF(text) text, sizeof(text) - 1

/* clang-format off */
static const struct row {
	const char *name;
	const char *head;
	size_t len;
	enum shebang want;
	const char *want_name;
} rows[] = {
	{ "a plain line",
	    FILE_OF("#!/bin/sh\necho"), SHEBANG_FOUND, "/bin/sh" },
	{ "an argument is no part of the name",
	    FILE_OF("#!/usr/bin/env python\n"), SHEBANG_FOUND, "/usr/bin/env" },
	{ "a tab ends the name too",
	    FILE_OF("#!/bin/sh\t-e\n"), SHEBANG_FOUND, "/bin/sh" },
	{ "blanks and tabs before the name are skipped",
	    FILE_OF("#! \t /bin/sh -e\n"), SHEBANG_FOUND, "/bin/sh" },
	{ "blanks and tabs at the end are trimmed",
	    FILE_OF("#!/bin/sh \t \n"), SHEBANG_FOUND, "/bin/sh" },
	{ "a carriage return belongs to the name",
	    FILE_OF("#!/bin/sh\r\n"), SHEBANG_FOUND, "/bin/sh\r" },
	{ "other white space belongs to the name",
	    FILE_OF("#!/bin/s\vh\f\n"), SHEBANG_FOUND, "/bin/s\vh\f" },
	{ "a short file needs no newline",
	    FILE_OF("#!/bin/sh"), SHEBANG_FOUND, "/bin/sh" },
	{ "nor after an argument",
	    FILE_OF("#!/bin/sh -e"), SHEBANG_FOUND, "/bin/sh" },
	{ "nor after blanks",
	    FILE_OF("#!/bin/sh  "), SHEBANG_FOUND, "/bin/sh" },
	{ "the first line alone counts",
	    FILE_OF("#!/bin/a\n#!/bin/b\n"), SHEBANG_FOUND, "/bin/a" },
	{ "a relative name is a name", FILE_OF("#!sh\n"), SHEBANG_FOUND, "sh" },
	{ "one byte is a name", FILE_OF("#!x"), SHEBANG_FOUND, "x" },
	{ "a NUL ends the name",
	    FILE_OF("#!/bin/sh\0/bin/other\n"), SHEBANG_FOUND, "/bin/sh" },
	{ "a NUL hides the newline behind it",
	    FILE_OF("#!/bin/sh -e\0\n"), SHEBANG_FOUND, "/bin/sh" },
	{ "bytes beyond ASCII are bytes",
	    FILE_OF("#!/b\xc3\xa4\xff\n"), SHEBANG_FOUND, "/b\xc3\xa4\xff" },
	{ "a # in the name is nothing special",
	    FILE_OF("#!#!\n"), SHEBANG_FOUND, "#!" },

	{ "an empty file is no script", FILE_OF(""), SHEBANG_NONE, NULL },
	{ "one byte is no script", FILE_OF("#"), SHEBANG_NONE, NULL },
	{ "an ELF is no script", FILE_OF("\177ELF"), SHEBANG_NONE, NULL },
	{ "a comment is no script",
	    FILE_OF("# !/bin/sh\n"), SHEBANG_NONE, NULL },
	{ "a blank before is no script",
	    FILE_OF(" #!/bin/sh\n"), SHEBANG_NONE, NULL },

	{ "#! alone names nothing", FILE_OF("#!"), SHEBANG_BROKEN, NULL },
	{ "an empty line names nothing",
	    FILE_OF("#!\n"), SHEBANG_BROKEN, NULL },
	{ "a name on the next line is not on this one",
	    FILE_OF("#!\n/bin/sh\n"), SHEBANG_BROKEN, NULL },
	{ "blanks alone name nothing",
	    FILE_OF("#! \t \n/bin/sh\n"), SHEBANG_BROKEN, NULL },
	{ "blanks at the end of a short file name nothing",
	    FILE_OF("#!   "), SHEBANG_BROKEN, NULL },
	{ "a NUL where the name should be names nothing",
	    FILE_OF("#! \0/bin/sh\n"), SHEBANG_BROKEN, NULL },
};

/* A long line: "#!", blanks, a name of 'n', then one byte, then 'x'. */
static const struct long_row {
	const char *name;
	size_t n_blanks;
	size_t n_name;
	char then; /* the byte after the name */
	size_t n_rest;
	enum shebang want;
} long_rows[] = {
	{ "a name cut off by the buffer is refused",
	    0, 254, 'n', 100, SHEBANG_BROKEN },
	{ "one that ends with the buffer is cut off, for all we know",
	    0, 254, '\n', 0, SHEBANG_BROKEN },
	{ "a newline in the last byte ends it",
	    0, 253, '\n', 100, SHEBANG_FOUND },
	{ "a blank in the last byte ends it", 0, 253, ' ', 100, SHEBANG_FOUND },
	{ "a tab in the last byte ends it", 0, 253, '\t', 100, SHEBANG_FOUND },
	{ "a NUL in the last byte ends it", 0, 253, '\0', 100, SHEBANG_FOUND },
	{ "the end of a file of 255 bytes ends it",
	    0, 252, 'n', 0, SHEBANG_FOUND },
	{ "a file of 256 bytes without end is cut off",
	    0, 253, 'n', 0, SHEBANG_BROKEN },
	{ "an argument may be cut off", 0, 20, ' ', 500, SHEBANG_FOUND },
	{ "blanks count towards the buffer", 200, 54, '\n', 9, SHEBANG_BROKEN },
	{ "a name after many blanks is found",
	    200, 53, '\n', 9, SHEBANG_FOUND },
	{ "a buffer full of blanks is refused",
	    254, 9, '\n', 9, SHEBANG_BROKEN },
	{ "a name in the last byte is cut off",
	    253, 9, '\n', 9, SHEBANG_BROKEN },
	{ "one blank short of it, a NUL last, is a name of one byte",
	    252, 1, '\0', 9, SHEBANG_FOUND },
	{ "a NUL last after blanks names nothing",
	    253, 0, '\0', 9, SHEBANG_BROKEN },
};
/* clang-format on */

/* A heap block of exactly the length: reading past it is seen by ASan. */
static enum shebang
ask(const void *head, size_t len, char out[SHEBANG_MAX])
{
	uint8_t *exact = malloc(len > 0 ? len : 1);
	enum shebang got;

	assert_non_null(exact);
	memcpy(exact, head, len);
	memset(out, 'U', SHEBANG_MAX);
	got = shebang_interpreter((struct span){ exact, len }, out);
	free(exact);
	if (got == SHEBANG_FOUND)
		assert_true(strnlen(out, SHEBANG_MAX) < SHEBANG_MAX);
	else
		for (size_t i = 0; i < SHEBANG_MAX; i++)
			assert_int_equal(out[i], 'U'); /* untouched */
	return got;
}

static void
row_test(void **state)
{
	const struct row *row = *state;
	char out[SHEBANG_MAX];

	assert_int_equal(ask(row->head, row->len, out), row->want);
	if (row->want == SHEBANG_FOUND)
		assert_string_equal(out, row->want_name);
}

static void
long_row_test(void **state)
{
	const struct long_row *row = *state;
	char head[1024] = "#!", want[SHEBANG_MAX + 1] = "", out[SHEBANG_MAX];
	size_t len = 2;

	memset(head + len, ' ', row->n_blanks);
	len += row->n_blanks;
	memset(head + len, 'n', row->n_name);
	len += row->n_name;
	head[len++] = row->then;
	memset(head + len, 'x', row->n_rest);
	len += row->n_rest;

	assert_int_equal(ask(head, len, out), row->want);
	if (row->want != SHEBANG_FOUND)
		return;
	memset(want, 'n', row->n_name + (row->then == 'n'));
	assert_string_equal(out, want);
}

static void
no_byte_can_do_harm(void **state UNUSED)
{
	static const char line[] = "#! /bin/sh -e\nexit\n";
	char head[SHEBANG_MAX], out[SHEBANG_MAX];

	for (size_t at = 0; at < sizeof(line); at++) {
		for (int value = 0; value < 256; value++) {
			memcpy(head, line, sizeof(line));
			head[at] = (char)value;
			for (size_t len = 0; len < sizeof(line); len++)
				(void)ask(head, len, out);
		}
	}
}

#define N_ROWS  LENGTH(rows)
#define N_LONGS LENGTH(long_rows)

int
main(void)
{
	struct CMUnitTest tests[N_ROWS + N_LONGS + 1];

	for (size_t i = 0; i < N_ROWS; i++)
		tests[i] = (struct CMUnitTest){
			.name = rows[i].name,
			.test_func = row_test,
			.initial_state = (void *)(uintptr_t)&rows[i],
		};
	for (size_t i = 0; i < N_LONGS; i++)
		tests[N_ROWS + i] = (struct CMUnitTest){
			.name = long_rows[i].name,
			.test_func = long_row_test,
			.initial_state = (void *)(uintptr_t)&long_rows[i],
		};
	tests[N_ROWS + N_LONGS] = (struct CMUnitTest)cmocka_unit_test(
	    no_byte_can_do_harm);
	return cmocka_run_group_tests_name("shebang", tests, NULL, NULL);
}

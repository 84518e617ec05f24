/*
 * text_test.c - foreign text to text that does no harm.
 */
#include "common/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/scope.h"

#define ROOM 64

/* clang-format off */
static const struct row {
	const char *name;
	const char *text;
	size_t size;
	const char *want;
} rows[] = {
	{ "plain text stays", "/usr/bin/true -x", ROOM, "/usr/bin/true -x" },
	{ "nothing stays nothing", "", ROOM, "" },
	{ "the first and the last printable byte stay", " ~", ROOM, " ~" },
	{ "quotes and braces stay", "\"'{}%`", ROOM, "\"'{}%`" },
	{ "a backslash is doubled", "a\\x41", ROOM, "a\\\\x41" },
	{ "a newline is spelled", "a\nb", ROOM, "a\\x0ab" },
	{ "a carriage return and a tab are spelled", "\r\t", ROOM,
	    "\\x0d\\x09" },
	{ "an escape sequence is spelled", "\x1b[2J", ROOM, "\\x1b[2J" },
	{ "DEL is spelled", "\x7f", ROOM, "\\x7f" },
	{ "the first byte beyond ASCII is spelled", "\x80", ROOM, "\\x80" },
	{ "the last byte is spelled", "\xff", ROOM, "\\xff" },
	{ "the first byte is spelled", "\x01", ROOM, "\\x01" },
	{ "UTF-8 is spelled", "\xc3\xa9", ROOM, "\\xc3\\xa9" },

	{ "one byte holds the NUL alone", "abc", 1, "" },
	{ "what fits is kept", "abc", 4, "abc" },
	{ "what does not fit is cut", "abc", 3, "ab" },
	{ "an escape that just fits is kept", "a\n", 6, "a\\x0a" },
	{ "an escape is not cut in two", "a\n", 5, "a" },
	{ "a doubled backslash that just fits is kept", "a\\", 4, "a\\\\" },
	{ "a doubled backslash is not cut in two", "a\\", 3, "a" },
	{ "nothing comes after what was cut", "\nb", 4, "" },
};
/* clang-format on */

static void
row_test(void **state)
{
	const struct row *row = *state;
	char got[ROOM + 1];

	memset(got, 'z', sizeof(got));
	text_escape(row->text, got, row->size);
	assert_string_equal(got, row->want);
	assert_int_equal(got[row->size], 'z');
}

/* Each byte there is: what comes out is printable, and in its own form. */
static void
bytes_test(void **state UNUSED)
{
	for (int byte = 1; byte < 256; byte++) {
		const char text[] = { (char)byte, '\0' };
		char got[ROOM];

		text_escape(text, got, sizeof(got));
		for (const char *c = got; *c != '\0'; c++)
			assert_in_range(*c, ' ', '~');
		if (byte == '\\')
			assert_int_equal(strlen(got), 2);
		else if (byte >= ' ' && byte <= '~')
			assert_string_equal(got, text);
		else
			assert_int_equal(strlen(got), 4);
	}
}

static void
longest_test(void **state UNUSED)
{
	static char path[4096], got[TEXT_ESCAPED_MAX];

	memset(path, '\n', sizeof(path) - 1);
	text_escape(path, got, sizeof(got));
	assert_int_equal(strlen(got), 4 * (sizeof(path) - 1));
}

int
main(void)
{
	struct CMUnitTest tests[LENGTH(rows) + 2];

	for (size_t i = 0; i < LENGTH(rows); i++)
		tests[i] = (struct CMUnitTest){
			.name = rows[i].name,
			.test_func = row_test,
			.initial_state = (void *)(uintptr_t)&rows[i],
		};
	tests[LENGTH(rows)] = (struct CMUnitTest){
		.name = "every byte comes out printable",
		.test_func = bytes_test,
	};
	tests[LENGTH(rows) + 1] = (struct CMUnitTest){
		.name = "the longest path has room",
		.test_func = longest_test,
	};
	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}

/*
 * journal_test.c - the last events, and no more of them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/scope.h"
#include "guardd/journal.h"

static void
put(struct journal *journal, uint64_t n)
{
	for (uint64_t i = 0; i < n; i++) {
		char line[32];

		(void)snprintf(
		    line, sizeof(line), "event %u", (unsigned)journal->n);
		journal_put(journal, strdup(line));
	}
}

static void
nothing_is_known_at_first(void **state UNUSED)
{
	SCOPED(journal_release) struct journal journal = { 0 };

	assert_int_equal(journal_first(&journal), 0);
	assert_null(journal_at(&journal, 0));
}

static void
all_are_known_while_there_is_room(void **state UNUSED)
{
	SCOPED(journal_release) struct journal journal = { 0 };

	put(&journal, JOURNAL);
	assert_int_equal(journal_first(&journal), 0);
	assert_string_equal(journal_at(&journal, 0), "event 0");
	assert_string_equal(journal_at(&journal, JOURNAL - 1), "event 255");
	assert_null(journal_at(&journal, JOURNAL));
}

static void
the_oldest_goes(void **state UNUSED)
{
	SCOPED(journal_release) struct journal journal = { 0 };

	put(&journal, JOURNAL + 2);
	assert_int_equal(journal_first(&journal), 2);
	assert_null(journal_at(&journal, 1));
	assert_string_equal(journal_at(&journal, 2), "event 2");
	assert_string_equal(journal_at(&journal, JOURNAL + 1), "event 257");
}

/* Each line is a quarter of what is kept. */
static void
long_lines_are_fewer(void **state UNUSED)
{
	SCOPED(journal_release) struct journal journal = { 0 };
	const size_t len = JOURNAL_BYTES / 4;

	put(&journal, 3);
	for (int i = 0; i < 6; i++) {
		char *line = calloc(1, len + 1);

		assert_non_null(line);
		memset(line, 'a' + i, len);
		journal_put(&journal, line);
	}
	assert_int_equal(journal_first(&journal), 5);
	assert_null(journal_at(&journal, 4));
	assert_int_equal(journal_at(&journal, 5)[0], 'c');
	assert_int_equal(journal_at(&journal, 8)[0], 'f');
	put(&journal, 1);
	assert_int_equal(journal_first(&journal), 6);
	assert_int_equal(journal.bytes, 3 * len + strlen("event 9"));
}

/* Longer than all that is kept: it is kept alone. */
static void
the_last_one_is_always_known(void **state UNUSED)
{
	SCOPED(journal_release) struct journal journal = { 0 };
	char *line = calloc(1, 2 * JOURNAL_BYTES + 1);

	assert_non_null(line);
	memset(line, 'x', 2 * JOURNAL_BYTES);
	put(&journal, 2);
	journal_put(&journal, line);
	assert_int_equal(journal_first(&journal), 2);
	assert_int_equal(journal_at(&journal, 2)[0], 'x');
	put(&journal, 1);
	assert_string_equal(journal_at(&journal, 3), "event 3");
	assert_null(journal_at(&journal, 2));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_known_at_first),
		cmocka_unit_test(all_are_known_while_there_is_room),
		cmocka_unit_test(the_oldest_goes),
		cmocka_unit_test(long_lines_are_fewer),
		cmocka_unit_test(the_last_one_is_always_known),
	};

	return cmocka_run_group_tests_name("journal", tests, NULL, NULL);
}

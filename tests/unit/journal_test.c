/*
 * journal_test.c - the last events, and no more of them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_known_at_first),
		cmocka_unit_test(all_are_known_while_there_is_room),
		cmocka_unit_test(the_oldest_goes),
	};

	return cmocka_run_group_tests_name("journal", tests, NULL, NULL);
}

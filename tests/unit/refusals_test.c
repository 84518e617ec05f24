/*
 * refusals_test.c - which refusal is the last one over again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/scope.h"
#include "guardd/kernel/notify.h"
#include "guardd/refusals.h"

#define NOW 5000U

static const struct file_id tool = { 1, 11 };
static const struct file_id other = { 1, 12 };

/* What comes after tid 7 asked for tool with args {1} and was told OUTSIDE. */
static const struct row {
	const char *name; /* a sentence */
	pid_t tid;
	uint64_t arg;
	enum reason reason;
	const struct file_id *image;
	uint64_t later; /* ms */
	bool is_repeat;
} rows[] = {
	{ "the same question at once is the same refusal", 7, 1, REASON_OUTSIDE,
	    &tool, 0, true },
	{ "and just before it is forgotten", 7, 1, REASON_OUTSIDE, &tool,
	    REFUSALS_SAME_MS - 1, true },
	{ "but not from then on", 7, 1, REASON_OUTSIDE, &tool, REFUSALS_SAME_MS,
	    false },
	{ "another thread's question is another", 8, 1, REASON_OUTSIDE, &tool,
	    0, false },
	{ "other arguments are another question", 7, 2, REASON_OUTSIDE, &tool,
	    0, false },
	{ "another file in the same buffer is another refusal", 7, 1,
	    REASON_OUTSIDE, &other, 0, false },
	{ "another reason is another refusal", 7, 1, REASON_WRITABLE, &tool, 0,
	    false },
};

/* The first refusal; with a later time also the very same again. */
static const struct row first = { "", 7, 1, REASON_OUTSIDE, &tool, 0, true };

static bool
refuse(struct refusals *refusals, const struct row *row, uint64_t now)
{
	const struct question q = { .tid = row->tid, .args = { row->arg } };

	return refusals_repeat(refusals, &q, row->reason, *row->image, now);
}

static void
row_test(void **state)
{
	const struct row *row = *state;
	struct refusals refusals = { 0 };

	assert_false(refuse(&refusals, &first, NOW));
	assert_int_equal(
	    refuse(&refusals, row, NOW + row->later), row->is_repeat);
}

static void
repeats_do_not_prolong_it(void **state UNUSED)
{
	struct refusals refusals = { 0 };
	const uint64_t end = NOW + REFUSALS_SAME_MS;

	assert_false(refuse(&refusals, &first, NOW));
	for (uint64_t now = NOW; now < end; now++)
		assert_true(refuse(&refusals, &first, now));
	assert_false(refuse(&refusals, &first, end));
}

/* By another program, for another address: it is the file that counts. */
static void
a_library_is_told_of_once(void **state UNUSED)
{
	const struct question one = { .tid = 7, .call = CALL_MMAP };
	const struct question two = {
		.tid = 8, .call = CALL_MPROTECT, .args = { 1 }
	};
	const uint64_t end = NOW + REFUSALS_LIBRARY_MS;
	struct refusals some = { 0 };

	assert_false(refusals_repeat(&some, &one, REASON_OWNER, tool, NOW));
	assert_true(refusals_repeat(&some, &two, REASON_OWNER, tool, end - 1));
	assert_false(refusals_repeat(&some, &two, REASON_ACL, tool, NOW));
	assert_false(refusals_repeat(&some, &two, REASON_OWNER, other, NOW));
	assert_true(refusals_repeat(&some, &two, REASON_OWNER, other, NOW));
	assert_false(refusals_repeat(&some, &one, REASON_OWNER, tool, end));
}

static void
who_was_stopped_is_so_once(void **state UNUSED)
{
	const struct question q = { .tid = 7, .args = { 1 } };
	const struct question another = { .tid = 7, .args = { 2 } };
	struct refusals refusals = { 0 };

	assert_false(refusals_were_stop(&refusals, &q, tool));
	refusals_note_stop(&refusals, &q, tool);
	assert_false(refusals_were_stop(&refusals, &another, tool));
	assert_false(refusals_were_stop(&refusals, &q, other));
	assert_true(refusals_were_stop(&refusals, &q, tool));
	assert_false(refusals_were_stop(&refusals, &q, tool));
}

static void
the_ring_forgets_the_oldest(void **state UNUSED)
{
	struct refusals refusals = { 0 };

	for (pid_t tid = 1; tid <= REFUSALS_STOPPED + 1; tid++) {
		const struct question q = { .tid = tid };

		refusals_note_stop(&refusals, &q, tool);
	}
	for (pid_t tid = 1; tid <= REFUSALS_STOPPED + 1; tid++) {
		const struct question q = { .tid = tid };

		assert_int_equal(
		    refusals_were_stop(&refusals, &q, tool), tid > 1);
	}
}

int
main(void)
{
	struct CMUnitTest tests[LENGTH(rows) + 4] = {
		cmocka_unit_test(repeats_do_not_prolong_it),
		cmocka_unit_test(a_library_is_told_of_once),
		cmocka_unit_test(who_was_stopped_is_so_once),
		cmocka_unit_test(the_ring_forgets_the_oldest),
	};

	for (size_t i = 0; i < LENGTH(rows); i++)
		tests[4 + i] = (struct CMUnitTest){
			.name = rows[i].name,
			.test_func = row_test,
			.initial_state = (void *)(uintptr_t)&rows[i],
		};
	return cmocka_run_group_tests_name("refusals", tests, NULL, NULL);
}

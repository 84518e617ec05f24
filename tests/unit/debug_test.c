/*
 * debug_test.c - who may trace whom, and when the guard steps back.
 */
#include "policy/debug.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/scope.h"

#define ROOT     1U  /* the asker is */
#define MAY      2U  /* the asker */
#define THEY_MAY 4U  /* the target */
#define INSIDE   8U  /* the target */
#define OWN      16U /* the target */
#define PLAIN    32U /* the target */
#define HELD     64U /* the target */

/* What an ordinary debugger finds of an ordinary program of its user's. */
#define HIS (MAY | THEY_MAY | INSIDE | OWN | PLAIN)

/* clang-format off */
static const struct row {
	const char *name;
	unsigned facts;
	enum debug_answer want;
} rows[] = {
	{ "nothing known: no", 0, DEBUG_REFUSE },
	{ "root traces whom he likes", ROOT, DEBUG_GO_ON },
	{ "and the guard steps back for him from all that it holds",
	    ROOT | HELD, DEBUG_STEP_BACK },
	{ "a user whose policy permits it traces what nobody holds",
	    HIS, DEBUG_GO_ON },
	{ "and the guard steps back from what it holds",
	    HIS | HELD, DEBUG_STEP_BACK },
	{ "a user whose policy denies it traces nothing",
	    HIS & ~MAY, DEBUG_REFUSE },
	{ "nor what the guard holds", (HIS & ~MAY) | HELD, DEBUG_REFUSE },
	{ "a process without a filter is in no session",
	    HIS & ~INSIDE, DEBUG_REFUSE },
	{ "another user's process is the kernel's to refuse, while not held",
	    HIS & ~OWN, DEBUG_GO_ON },
	{ "and ours, where it is held", (HIS & ~OWN) | HELD, DEBUG_REFUSE },
	{ "a set-id program stays held", (HIS & ~PLAIN) | HELD, DEBUG_REFUSE },
	{ "what another policy holds stays held",
	    (HIS & ~THEY_MAY) | HELD, DEBUG_REFUSE },
};
/* clang-format on */

static void
row_test(void **state)
{
	const struct row *row = *state;
	const struct debug_facts facts = {
		.is_root = (row->facts & ROOT) != 0,
		.asker_may = (row->facts & MAY) != 0,
		.target_may = (row->facts & THEY_MAY) != 0,
		.is_inside = (row->facts & INSIDE) != 0,
		.is_own = (row->facts & OWN) != 0,
		.is_plain = (row->facts & PLAIN) != 0,
		.is_held = (row->facts & HELD) != 0,
	};

	assert_int_equal(debug_decide(&facts), row->want);
}

static void
policy_test(void **state)
{
	const struct policy deny = { 0 };
	const struct policy allow = { .debuggers = DEBUGGERS_ALLOW };
	const struct policy permissive = { .mode = MODE_PERMISSIVE };

	(void)state;
	assert_false(debug_is_permitted(&deny));
	assert_true(debug_is_permitted(&allow));
	assert_true(debug_is_permitted(&permissive));
	assert_true(debug_is_permitted(NULL));
}

int
main(void)
{
	struct CMUnitTest tests[LENGTH(rows) + 1] = {
		cmocka_unit_test(policy_test),
	};

	for (size_t i = 0; i < LENGTH(rows); i++)
		tests[i + 1] = (struct CMUnitTest){
			.name = rows[i].name,
			.test_func = row_test,
			.initial_state = (void *)(uintptr_t)&rows[i],
		};
	return cmocka_run_group_tests_name("debug", tests, NULL, NULL);
}

/*
 * ledger_walk_test.c - what an administrator hears of crashes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/scope.h"
#include "policy/ledger.h"

#define ALICE      1000
#define T0         1000000U /* the machine has been up for a while */
#define S(seconds) ((seconds)*1000)

static const struct segvguard_rules rules = {
	.is_on = true, .maxcrashes = 3, .expiry_s = 10, .suspension_s = 2
};
static const struct segvguard_rules at_once = {
	.is_on = true, .maxcrashes = 1, .expiry_s = 120, .suspension_s = 600
};

static const struct file_id app = { 1, 257 };
static const struct file_id other_device = { 2, 257 };

struct seen {
	size_t n;
	struct ledger_entry last;
	char path[64];
};

static void
see(const struct ledger_entry *entry, void *context)
{
	struct seen *seen = context;

	seen->n++;
	seen->last = *entry;
	(void)snprintf(seen->path, sizeof(seen->path), "%s",
	    entry->path != NULL ? entry->path : "none");
}

static struct seen
walk(const struct ledger *ledger, uint64_t now)
{
	struct seen seen = { 0 };

	ledger_walk(ledger, now, see, &seen);
	return seen;
}

static void
a_walk_tells_what_counts(void **state UNUSED)
{
	SCOPED(ledger_release) struct ledger ledger = { 0 };
	struct seen seen;

	(void)ledger_crash(&ledger, &rules, ALICE, app, T0);
	ledger_name(&ledger, ALICE, app, "/usr/bin/app");
	seen = walk(&ledger, T0 + 1);
	assert_int_equal(seen.n, 1);
	assert_int_equal(seen.last.user, ALICE);
	assert_true(same_file(seen.last.image, app));
	assert_int_equal(seen.last.n_crashes, 1);
	assert_int_equal(seen.last.last, T0);
	assert_int_equal(seen.last.suspended_until, 0);
	assert_string_equal(seen.path, "/usr/bin/app");
	/* And forgets what is forgotten. */
	assert_int_equal(walk(&ledger, T0 + S(10)).n, 0);
}

static void
a_walk_tells_who_is_suspended(void **state UNUSED)
{
	SCOPED(ledger_release) struct ledger ledger = { 0 };
	struct seen seen;

	(void)ledger_crash(&ledger, &at_once, ALICE, app, T0);
	seen = walk(&ledger, T0);
	assert_int_equal(seen.n, 1);
	assert_int_equal(seen.last.n_crashes, 0);
	assert_int_equal(seen.last.suspended_until, T0 + S(600));
	assert_string_equal(seen.path, "none");
	ledger_forgive(&ledger, ALICE, &app);
	assert_int_equal(walk(&ledger, T0).n, 0);
}

/* A name for whom nothing is counted is not kept. */
static void
only_what_crashed_has_a_name(void **state UNUSED)
{
	SCOPED(ledger_release) struct ledger ledger = { 0 };

	ledger_name(&ledger, ALICE, app, "/usr/bin/app");
	assert_int_equal(ledger.n_users, 0);
	(void)ledger_crash(&ledger, &rules, ALICE, app, T0);
	ledger_name(&ledger, ALICE, other_device, "/usr/bin/other");
	assert_string_equal(walk(&ledger, T0).path, "none");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_walk_tells_what_counts),
		cmocka_unit_test(a_walk_tells_who_is_suspended),
		cmocka_unit_test(only_what_crashed_has_a_name),
	};

	return cmocka_run_group_tests_name("ledger_walk", tests, NULL, NULL);
}

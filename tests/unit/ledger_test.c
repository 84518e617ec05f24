/*
 * ledger_test.c - crashes, suspensions, time, and the limits of a flood.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/scope.h"
#include "policy/ledger.h"

#define ALICE 1000
#define MAL   1001
#define T0    1000000U /* the machine has been up for a while */
#define FLOOD 1000000U

/* clang-format off */
#define RULES(n, expiry, suspension) \
	{ .is_on = true, .maxcrashes = (n), .expiry_s = (expiry), \
		.suspension_s = (suspension) }
/* clang-format on */

static const struct segvguard_rules rules = RULES(5, 120, 600);
static const struct segvguard_rules at_once = RULES(1, 120, 600);
static const struct segvguard_rules three = RULES(3, 10, 2);
static const struct segvguard_rules most = RULES(MAXCRASHES_MAX, 120, 600);

static const struct file_id app = { 1, 257 };
static const struct file_id other_device = { 2, 257 };

/* Some other program. */
static struct file_id
copy(uint64_t i)
{
	return (struct file_id){ 9, i };
}

#define S(seconds) ((seconds)*1000)
#define MAX_TIMES  34

/* Crash at these times (ms after T0), then ask. */
static const struct row {
	const char *name;
	const struct segvguard_rules *rules;
	size_t n;
	uint64_t times[MAX_TIMES];
	uint64_t asked_at;
	uint64_t want_until; /* ms after T0; 0: not suspended */
	unsigned want_count;
} rows[] = {
	/* clang-format off */
	{ "what never crashed is not suspended", &rules, 0, { 0 }, 0, 0, 0 },
	{ "four crashes of five do not suspend",
	    &rules, 4, { 0, 1, 2, 3 }, 4, 0, 4 },
	{ "the fifth does, and the count starts again",
	    &rules, 5, { 0, 1, 2, 3, 4 }, 4, 4 + S(600), 0 },
	{ "all in one millisecond are as many",
	    &rules, 5, { 7, 7, 7, 7, 7 }, 7, 7 + S(600), 0 },
	{ "maxcrashes = 1 suspends at the first",
	    &at_once, 1, { 5 }, 5, 5 + S(600), 0 },
	{ "the largest maxcrashes has room",
	    &most, 31, { 0 }, 1, 0, 31 },
	{ "and suspends in its turn",
	    &most, 32, { 0 }, 1, S(600), 0 },
	{ "and goes on to count",
	    &most, 33, { 0 }, 1, S(600), 1 },
	{ "C8: a suspension lasts to its last millisecond",
	    &three, 3, { 0, 0, 0 }, S(2) - 1, S(2), 0 },
	{ "C8: and is over at its end",
	    &three, 3, { 0, 0, 0 }, S(2), 0, 0 },
	{ "C8: a crash one millisecond younger than expiry counts",
	    &three, 3, { 0, 1, S(10) - 1 }, S(10), S(12) - 1, 0 },
	{ "C8: a crash of exactly expiry is forgotten",
	    &three, 3, { 0, 1, S(10) }, S(10), 0, 2 },
	{ "the count at a later time leaves the forgotten out",
	    &three, 2, { 0, 5 }, S(10), 0, 1 },
	{ "and in the end all of them",
	    &three, 2, { 0, 5 }, S(10) + 5, 0, 0 },
	{ "a slow drip never suspends", &three, 8,
	    { 0, S(5), S(10), S(15), S(20), S(25), S(30), S(35) },
	    S(35), 0, 2 },
	{ "a drip a little faster does", &three, 3,
	    { 0, S(5) - 1, S(10) - 1 }, S(10), S(12) - 1, 0 },
	{ "crashes of what still runs count during a suspension",
	    &three, 4, { 0, 0, 0, 1 }, 1, S(2), 1 },
	{ "and prolong it when they are enough",
	    &three, 6, { 0, 0, 0, 1, 1, 1 }, 1, S(2) + 1, 0 },
	{ "after a suspension it takes as many crashes again",
	    &three, 5, { 0, 0, 0, S(2), S(2) }, S(2), 0, 2 },
	{ "and then it is suspended again", &three, 6,
	    { 0, 0, 0, S(2), S(2), S(2) }, S(2), S(4), 0 },
	{ "C7: a clock set back forgets no crash", &three, 3,
	    { S(9), S(8), S(7) }, S(8), S(9), 0 },
	/* clang-format on */
};

static void
row_test(void **state)
{
	const struct row *row = *state;
	SCOPED(ledger_release) struct ledger ledger = { 0 };
	uint64_t now = T0 + row->asked_at;
	uint64_t want = row->want_until == 0 ? 0 : T0 + row->want_until;

	for (size_t i = 0; i < row->n; i++)
		(void)ledger_crash(
		    &ledger, row->rules, ALICE, app, T0 + row->times[i]);

	assert_int_equal(
	    ledger_suspended_until(&ledger, ALICE, app, now), want);
	assert_int_equal(ledger_count(&ledger, row->rules, ALICE, app, now),
	    row->want_count);
}

static bool
is_out(const struct ledger *ledger, uid_t user, struct file_id image)
{
	return ledger_suspended_until(ledger, user, image, T0) != 0;
}

static unsigned
count(
    const struct ledger *ledger, uid_t user, struct file_id image, uint64_t now)
{
	return ledger_count(ledger, &rules, user, image, now);
}

static void
a_user_who_never_crashed_costs_nothing(void **state UNUSED)
{
	SCOPED(ledger_release) struct ledger ledger = { 0 };

	assert_false(is_out(&ledger, ALICE, app));
	assert_int_equal(count(&ledger, ALICE, app, T0), 0);
	ledger_forgive(&ledger, ALICE, NULL);
	assert_null(ledger.users);
}

static void
one_suspension_is_for_one_user_and_one_image(void **state UNUSED)
{
	SCOPED(ledger_release) struct ledger ledger = { 0 };

	assert_true(ledger_crash(&ledger, &at_once, MAL, app, T0));
	assert_true(is_out(&ledger, MAL, app));
	assert_false(is_out(&ledger, ALICE, app));
	assert_false(is_out(&ledger, MAL, other_device));
}

static void
a_suspension_neither_shrinks_nor_wraps(void **state UNUSED)
{
	SCOPED(ledger_release) struct ledger ledger = { 0 };
	struct segvguard_rules brief = at_once;
	uint64_t last = UINT64_MAX - 1;

	brief.suspension_s = 1;
	assert_true(ledger_crash(&ledger, &at_once, ALICE, app, T0));
	assert_true(ledger_crash(&ledger, &brief, ALICE, app, T0));
	assert_int_equal(
	    ledger_suspended_until(&ledger, ALICE, app, T0), T0 + S(600));

	assert_true(ledger_crash(&ledger, &at_once, MAL, app, last));
	assert_int_equal(
	    ledger_suspended_until(&ledger, MAL, app, last), UINT64_MAX);
}

static void
rules_out_of_bounds_suspend_early_not_late(void **state UNUSED)
{
	SCOPED(ledger_release) struct ledger ledger = { 0 };
	struct segvguard_rules odd = rules;

	odd.maxcrashes = 0;
	assert_true(ledger_crash(&ledger, &odd, ALICE, app, T0));
	odd.maxcrashes = 1000;
	/* Each time only the crash that suspends says so. */
	for (unsigned i = 1; i <= 3 * MAXCRASHES_MAX; i++)
		assert_int_equal(ledger_crash(&ledger, &odd, MAL, app, T0),
		    i % MAXCRASHES_MAX == 0);
}

static void
flood(struct ledger *ledger, const struct segvguard_rules *by)
{
	assert_true(ledger_crash(ledger, &at_once, ALICE, app, T0));
	assert_true(ledger_crash(ledger, &at_once, MAL, app, T0));
	assert_false(ledger_crash(ledger, &rules, ALICE, other_device, T0));
	for (uint64_t i = 0; i < FLOOD; i++)
		(void)ledger_crash(ledger, by, MAL, copy(i), T0 + i);

	assert_true(is_out(ledger, MAL, app));
	assert_true(is_out(ledger, ALICE, app));
	assert_int_equal(count(ledger, ALICE, other_device, T0), 1);
	assert_int_equal(ledger->n_users, 2);
}

static void
a_flood_frees_no_suspension(void **state UNUSED) /* C5 */
{
	SCOPED(ledger_release) struct ledger ledger = { 0 };

	flood(&ledger, &rules);
}

static void
a_flood_of_suspensions_frees_none_either(void **state UNUSED) /* C5 */
{
	SCOPED(ledger_release) struct ledger ledger = { 0 };

	flood(&ledger, &at_once);
	for (uint64_t i = 0; i < FLOOD; i += 997)
		assert_true(is_out(&ledger, MAL, copy(i)));
	assert_false(is_out(&ledger, ALICE, copy(0)));
}

static void
a_flood_forgets_no_crash(void **state UNUSED) /* C5 */
{
	SCOPED(ledger_release) struct ledger ledger = { 0 };

	for (unsigned i = 1; i < rules.maxcrashes; i++)
		assert_false(ledger_crash(&ledger, &rules, MAL, app, T0));
	for (uint64_t i = 0; i < LEDGER_PLACES; i++)
		assert_false(ledger_crash(&ledger, &rules, MAL, copy(i), T0));
	assert_int_equal(count(&ledger, MAL, app, T0), 4);
	assert_true(ledger_crash(&ledger, &rules, MAL, app, T0));
	assert_true(is_out(&ledger, MAL, app));
}

static void
only_a_forgotten_crash_is_evicted(void **state UNUSED)
{
	SCOPED(ledger_release) struct ledger ledger = { 0 };
	uint64_t now = T0 + 1 + S(120);

	for (uint64_t i = 0; i < LEDGER_PLACES; i++)
		(void)ledger_crash(&ledger, &rules, MAL, copy(i), T0 + i);
	/* The first to come is not the oldest any more. */
	(void)ledger_crash(&ledger, &rules, MAL, copy(0), T0 + 1000);
	(void)ledger_crash(&ledger, &rules, MAL, app, now);

	assert_int_equal(count(&ledger, MAL, copy(0), now), 1);
	assert_int_equal(count(&ledger, MAL, copy(1), now), 0);
	assert_int_equal(count(&ledger, MAL, copy(2), now), 1);
	assert_int_equal(count(&ledger, MAL, app, now), 1);
	/* No other place is free yet: copy(1) shares what is left. */
	(void)ledger_crash(&ledger, &rules, MAL, other_device, now);
	assert_int_equal(count(&ledger, MAL, copy(2), now), 1);
	assert_int_equal(count(&ledger, MAL, copy(1), now), 1);
}

/* All places of MAL's page are suspended until T0 + 600 s. */
static void
fill(struct ledger *ledger)
{
	for (uint64_t i = 0; i < LEDGER_PLACES; i++)
		assert_true(ledger_crash(ledger, &at_once, MAL, copy(i), T0));
}

static void
without_a_place_programs_are_counted_together(void **state UNUSED)
{
	SCOPED(ledger_release) struct ledger ledger = { 0 };

	fill(&ledger);
	assert_false(is_out(&ledger, MAL, app));
	assert_false(ledger_crash(&ledger, &three, MAL, app, T0));
	assert_false(ledger_crash(&ledger, &three, MAL, other_device, T0));
	assert_int_equal(count(&ledger, MAL, copy(12345), T0), 2);
	assert_true(ledger_crash(&ledger, &three, MAL, copy(12345), T0));
	assert_true(is_out(&ledger, MAL, app));
	assert_true(is_out(&ledger, MAL, other_device));
	assert_true(is_out(&ledger, MAL, copy(54321)));
	assert_false(is_out(&ledger, ALICE, app));
}

static void
nobody_crashes_out_of_a_common_suspension(void **state UNUSED)
{
	SCOPED(ledger_release) struct ledger ledger = { 0 };
	uint64_t now = T0 + S(600); /* the places are free, the overflow not */

	fill(&ledger);
	assert_true(ledger_crash(&ledger, &at_once, MAL, app, T0 + 1));
	assert_false(ledger_crash(&ledger, &rules, MAL, app, now));
	assert_int_equal(
	    ledger_suspended_until(&ledger, MAL, app, now), T0 + 1 + S(600));
	assert_int_equal(ledger_suspended_until(&ledger, MAL, copy(0), now), 0);
	assert_int_equal(ledger_suspended_until(&ledger, MAL, app, now + 1), 0);
}

static void
places_are_used_again_after_a_suspension(void **state UNUSED)
{
	SCOPED(ledger_release) struct ledger ledger = { 0 };
	uint64_t now = T0 + S(600);

	fill(&ledger);
	assert_false(ledger_crash(&ledger, &three, MAL, app, now));
	assert_int_equal(count(&ledger, MAL, app, now), 1);
	assert_int_equal(count(&ledger, MAL, other_device, now), 0);
}

static void
too_many_users_are_suspended_not_forgotten(void **state UNUSED)
{
	SCOPED(ledger_release) struct ledger ledger = { 0 };

	/* Backwards: pages are found whatever order they came in. */
	for (uid_t uid = LEDGER_USERS; uid > 0; uid--)
		assert_true(ledger_crash(&ledger, &at_once, uid, app, T0));
	assert_false(is_out(&ledger, 5000, app));

	assert_false(ledger_crash(&ledger, &at_once, 5000, app, T0));
	assert_int_equal(
	    ledger_suspended_until(&ledger, 5000, app, T0), UINT64_MAX);
	assert_true(is_out(&ledger, 6000, copy(1)));
	for (uid_t uid = 1; uid <= LEDGER_USERS; uid++) {
		assert_true(is_out(&ledger, uid, app));
		assert_false(is_out(&ledger, uid, copy(1)));
	}
	ledger_release(&ledger);
	assert_false(is_out(&ledger, 5000, app));
}

static void
an_administrator_forgives(void **state UNUSED)
{
	SCOPED(ledger_release) struct ledger ledger = { 0 };

	fill(&ledger);
	assert_true(ledger_crash(&ledger, &at_once, MAL, app, T0));
	assert_true(ledger_crash(&ledger, &at_once, ALICE, app, T0));

	ledger_forgive(&ledger, MAL, &(struct file_id){ 9, 7 });
	assert_false(is_out(&ledger, MAL, copy(7)));
	assert_true(is_out(&ledger, MAL, copy(8)));
	assert_true(is_out(&ledger, MAL, app));
	ledger_forgive(&ledger, MAL, &app); /* in the overflow place */
	assert_false(is_out(&ledger, MAL, app));
	ledger_forgive(&ledger, MAL, NULL);
	assert_false(is_out(&ledger, MAL, copy(8)));
	assert_true(is_out(&ledger, ALICE, app));
	assert_true(ledger_crash(&ledger, &at_once, MAL, app, T0));
}

static void
a_crash_is_a_death_whose_default_is_core(void **state UNUSED) /* C1, C2 */
{
	const int all[] = { SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE,
		SIGSEGV, SIGXCPU, SIGXFSZ, SIGSYS };

	for (int signal = -1; signal <= SIGRTMAX + 1; signal++) {
		bool want = false;

		for (size_t i = 0; i < LENGTH(all); i++)
			want = want || signal == all[i];
		assert_int_equal(ledger_is_crash(signal), want);
	}
}

#define N_ROWS LENGTH(rows)

int
main(void)
{
	const struct CMUnitTest others[] = {
		cmocka_unit_test(a_user_who_never_crashed_costs_nothing),
		cmocka_unit_test(one_suspension_is_for_one_user_and_one_image),
		cmocka_unit_test(a_suspension_neither_shrinks_nor_wraps),
		cmocka_unit_test(rules_out_of_bounds_suspend_early_not_late),
		cmocka_unit_test(a_flood_frees_no_suspension),
		cmocka_unit_test(a_flood_of_suspensions_frees_none_either),
		cmocka_unit_test(a_flood_forgets_no_crash),
		cmocka_unit_test(only_a_forgotten_crash_is_evicted),
		cmocka_unit_test(without_a_place_programs_are_counted_together),
		cmocka_unit_test(nobody_crashes_out_of_a_common_suspension),
		cmocka_unit_test(places_are_used_again_after_a_suspension),
		cmocka_unit_test(too_many_users_are_suspended_not_forgotten),
		cmocka_unit_test(an_administrator_forgives),
		cmocka_unit_test(a_crash_is_a_death_whose_default_is_core),
	};
	struct CMUnitTest tests[N_ROWS + LENGTH(others)];

	for (size_t i = 0; i < N_ROWS; i++)
		tests[i] = (struct CMUnitTest){
			.name = rows[i].name,
			.test_func = row_test,
			.initial_state = (void *)(uintptr_t)&rows[i],
		};
	memcpy(&tests[N_ROWS], others, sizeof(others));
	return cmocka_run_group_tests_name("ledger", tests, NULL, NULL);
}

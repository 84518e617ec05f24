/*
 * tracee_test.c - every pair of state and event: what is promised, and that
 * every other pair kills.
 */
#include "guardd/tracee.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/scope.h"

/* clang-format off */
static const struct row {
	const char *name;
	enum tracee_state state;
	enum tracee_event event;
	struct tracee_step want;
} rows[] = {
	{ "nobody yet: an exec that ask allowed is granted",
	    TRACEE_GONE, EVENT_ASKED, { TRACEE_GRANTED, ACT_NOTHING } },
	{ "nobody any more: an end is an end",
	    TRACEE_GONE, EVENT_EXIT, { TRACEE_GONE, ACT_FORGET } },

	{ "granted: an image denied with stop stays in its stop",
	    TRACEE_GRANTED, EVENT_EXEC_STOPPED,
	    { TRACEE_FROZEN, ACT_NOTHING } },
	{ "granted: a permitted image that is to be held runs, held",
	    TRACEE_GRANTED, EVENT_EXEC_HOLD, { TRACEE_HELD, ACT_RESUME } },
	{ "granted: a permitted image is let go",
	    TRACEE_GRANTED, EVENT_EXEC_FREE, { TRACEE_GONE, ACT_LET_GO } },
	{ "granted: it may ask again",
	    TRACEE_GRANTED, EVENT_ASKED, { TRACEE_GRANTED, ACT_NOTHING } },
	{ "granted: who did not wait is made to stop, to be let go",
	    TRACEE_GRANTED, EVENT_ASK_LOST,
	    { TRACEE_LEAVING, ACT_INTERRUPT } },
	{ "granted: a signal instead of the exec: let go",
	    TRACEE_GRANTED, EVENT_SIGNAL, { TRACEE_GONE, ACT_LET_GO } },
	{ "granted: a group stop instead of the exec: let go",
	    TRACEE_GRANTED, EVENT_GROUP_STOP, { TRACEE_GONE, ACT_LET_GO } },
	{ "granted: a trap instead of the exec: let go",
	    TRACEE_GRANTED, EVENT_TRAP, { TRACEE_GONE, ACT_LET_GO } },
	{ "granted: a fork instead of the exec: let go",
	    TRACEE_GRANTED, EVENT_FORK, { TRACEE_GONE, ACT_LET_GO } },
	{ "granted: its end is an end",
	    TRACEE_GRANTED, EVENT_EXIT, { TRACEE_GONE, ACT_FORGET } },

	{ "leaving: it may ask again before it stops",
	    TRACEE_LEAVING, EVENT_ASKED, { TRACEE_GRANTED, ACT_NOTHING } },
	{ "leaving: lost once more, it was interrupted already",
	    TRACEE_LEAVING, EVENT_ASK_LOST, { TRACEE_LEAVING, ACT_NOTHING } },
	{ "leaving: let go at a signal",
	    TRACEE_LEAVING, EVENT_SIGNAL, { TRACEE_GONE, ACT_LET_GO } },
	{ "leaving: let go at a group stop",
	    TRACEE_LEAVING, EVENT_GROUP_STOP, { TRACEE_GONE, ACT_LET_GO } },
	{ "leaving: let go at the stop that was asked for",
	    TRACEE_LEAVING, EVENT_TRAP, { TRACEE_GONE, ACT_LET_GO } },
	{ "leaving: let go at a fork",
	    TRACEE_LEAVING, EVENT_FORK, { TRACEE_GONE, ACT_LET_GO } },
	{ "leaving: its end is an end",
	    TRACEE_LEAVING, EVENT_EXIT, { TRACEE_GONE, ACT_FORGET } },

	{ "newborn: its first stop, and it is held",
	    TRACEE_NEWBORN, EVENT_TRAP, { TRACEE_HELD, ACT_RESUME } },
	{ "newborn: born with a signal, and it is held",
	    TRACEE_NEWBORN, EVENT_SIGNAL, { TRACEE_HELD, ACT_RESUME } },
	{ "newborn: born into a stopped group, and it is held",
	    TRACEE_NEWBORN, EVENT_GROUP_STOP, { TRACEE_HELD, ACT_LISTEN } },
	{ "newborn: its end is an end",
	    TRACEE_NEWBORN, EVENT_EXIT, { TRACEE_GONE, ACT_FORGET } },

	{ "held: an exec that ask allowed is granted",
	    TRACEE_HELD, EVENT_ASKED, { TRACEE_HELD_GRANTED, ACT_NOTHING } },
	{ "held: a signal goes on",
	    TRACEE_HELD, EVENT_SIGNAL, { TRACEE_HELD, ACT_RESUME } },
	{ "held: job control stops it",
	    TRACEE_HELD, EVENT_GROUP_STOP, { TRACEE_HELD, ACT_LISTEN } },
	{ "held: and continues it",
	    TRACEE_HELD, EVENT_TRAP, { TRACEE_HELD, ACT_RESUME } },
	{ "held: it may fork",
	    TRACEE_HELD, EVENT_FORK, { TRACEE_HELD, ACT_RESUME } },
	{ "held: its end is an end",
	    TRACEE_HELD, EVENT_EXIT, { TRACEE_GONE, ACT_FORGET } },

	{ "held and granted: an image denied with stop stays in its stop",
	    TRACEE_HELD_GRANTED, EVENT_EXEC_STOPPED,
	    { TRACEE_FROZEN, ACT_NOTHING } },
	{ "held and granted: a permitted image that is to be held runs",
	    TRACEE_HELD_GRANTED, EVENT_EXEC_HOLD,
	    { TRACEE_HELD, ACT_RESUME } },
	{ "held and granted: another policy may let it go",
	    TRACEE_HELD_GRANTED, EVENT_EXEC_FREE,
	    { TRACEE_GONE, ACT_LET_GO } },
	{ "held and granted: it may ask again",
	    TRACEE_HELD_GRANTED, EVENT_ASKED,
	    { TRACEE_HELD_GRANTED, ACT_NOTHING } },
	{ "held and granted: who did not wait is held as before",
	    TRACEE_HELD_GRANTED, EVENT_ASK_LOST,
	    { TRACEE_HELD, ACT_NOTHING } },
	{ "held and granted: a signal: the exec failed",
	    TRACEE_HELD_GRANTED, EVENT_SIGNAL, { TRACEE_HELD, ACT_RESUME } },
	{ "held and granted: a group stop: the exec failed",
	    TRACEE_HELD_GRANTED, EVENT_GROUP_STOP,
	    { TRACEE_HELD, ACT_LISTEN } },
	{ "held and granted: a trap: the exec failed",
	    TRACEE_HELD_GRANTED, EVENT_TRAP, { TRACEE_HELD, ACT_RESUME } },
	{ "held and granted: a fork: the exec failed",
	    TRACEE_HELD_GRANTED, EVENT_FORK, { TRACEE_HELD, ACT_RESUME } },
	{ "held and granted: its end is an end",
	    TRACEE_HELD_GRANTED, EVENT_EXIT, { TRACEE_GONE, ACT_FORGET } },

	{ "granted: an image that is being inspected waits in its stop",
	    TRACEE_GRANTED, EVENT_EXEC_WAITS,
	    { TRACEE_WAITING, ACT_NOTHING } },
	{ "held-granted: so does one of a held process",
	    TRACEE_HELD_GRANTED, EVENT_EXEC_WAITS,
	    { TRACEE_WAITING, ACT_NOTHING } },
	{ "waiting: another file may have to be inspected",
	    TRACEE_WAITING, EVENT_EXEC_WAITS,
	    { TRACEE_WAITING, ACT_NOTHING } },
	{ "waiting: denied with stop, it stays there",
	    TRACEE_WAITING, EVENT_EXEC_STOPPED,
	    { TRACEE_FROZEN, ACT_NOTHING } },
	{ "waiting: a permitted image that is to be held runs, held",
	    TRACEE_WAITING, EVENT_EXEC_HOLD, { TRACEE_HELD, ACT_RESUME } },
	{ "waiting: a permitted image is let go",
	    TRACEE_WAITING, EVENT_EXEC_FREE, { TRACEE_GONE, ACT_LET_GO } },
	{ "waiting: its end is an end",
	    TRACEE_WAITING, EVENT_EXIT, { TRACEE_GONE, ACT_FORGET } },

	{ "nobody: a debugger need not wait",
	    TRACEE_GONE, EVENT_WANTED, { TRACEE_GONE, ACT_NOTHING } },
	{ "granted: wanted, it execs first, or fails to",
	    TRACEE_GRANTED, EVENT_WANTED, { TRACEE_GRANTED, ACT_INTERRUPT } },
	{ "leaving: wanted, it is made to stop",
	    TRACEE_LEAVING, EVENT_WANTED, { TRACEE_LEAVING, ACT_INTERRUPT } },
	{ "newborn: wanted, it is let go instead of held",
	    TRACEE_NEWBORN, EVENT_WANTED, { TRACEE_LEAVING, ACT_INTERRUPT } },
	{ "held: wanted, it is made to stop, to be let go",
	    TRACEE_HELD, EVENT_WANTED, { TRACEE_LEAVING, ACT_INTERRUPT } },
	{ "held and granted: wanted, it execs first, or fails to",
	    TRACEE_HELD_GRANTED, EVENT_WANTED,
	    { TRACEE_HELD_GRANTED, ACT_INTERRUPT } },
	{ "waiting: wanted, it is inspected first",
	    TRACEE_WAITING, EVENT_WANTED, { TRACEE_WAITING, ACT_NOTHING } },
	{ "frozen: wanted or not, it is the administrator's",
	    TRACEE_FROZEN, EVENT_WANTED, { TRACEE_FROZEN, ACT_NOTHING } },

	{ "frozen: its end is an end",
	    TRACEE_FROZEN, EVENT_EXIT, { TRACEE_GONE, ACT_FORGET } },
};
/* clang-format on */

static void
row_test(void **state)
{
	const struct row *row = *state;
	struct tracee_step got = tracee_step(row->state, row->event);

	assert_string_equal(
	    tracee_state_name(got.next), tracee_state_name(row->want.next));
	assert_int_equal(got.act, row->want.act);
}

static bool
is_promised(enum tracee_state state, enum tracee_event event)
{
	for (size_t i = 0; i < LENGTH(rows); i++)
		if (rows[i].state == state && rows[i].event == event)
			return true;
	return false;
}

/* The pair of this case's number: no promise, no mercy. */
static void
hole_test(void **state)
{
	const int *pair = *state;
	struct tracee_step got = tracee_step(
	    (enum tracee_state)pair[0], (enum tracee_event)pair[1]);

	assert_int_equal(got.act, ACT_KILL);
	assert_int_equal(got.next, TRACEE_GONE);
}

static void
names_test(void **state UNUSED)
{
	for (int i = 0; i < TRACEE_STATES; i++) {
		const char *name = tracee_state_name((enum tracee_state)i);

		assert_non_null(name);
		for (int j = 0; j < i; j++)
			assert_string_not_equal(
			    name, tracee_state_name((enum tracee_state)j));
	}
	for (int i = 0; i < TRACEE_EVENTS; i++) {
		const char *name = tracee_event_name((enum tracee_event)i);

		assert_non_null(name);
		for (int j = 0; j < i; j++)
			assert_string_not_equal(
			    name, tracee_event_name((enum tracee_event)j));
	}
}

#define PAIRS (TRACEE_STATES * TRACEE_EVENTS)

/* Each pair once: its row, or a name of its own; and the names. */
static size_t
add_holes(struct CMUnitTest *tests)
{
	static char names[PAIRS][64];
	static int pairs[PAIRS][2];
	size_t n = 0;

	for (int i = 0; i < PAIRS; i++) {
		enum tracee_state state = (enum tracee_state)(
		    i / TRACEE_EVENTS);
		enum tracee_event event = (enum tracee_event)(
		    i % TRACEE_EVENTS);

		if (is_promised(state, event))
			continue;
		pairs[n][0] = (int)state;
		pairs[n][1] = (int)event;
		(void)snprintf(names[n], sizeof(names[n]), "%s: %s kills",
		    tracee_state_name(state), tracee_event_name(event));
		tests[n] = (struct CMUnitTest){
			.name = names[n],
			.test_func = hole_test,
			.initial_state = pairs[n],
		};
		n++;
	}
	return n;
}

int
main(void)
{
	/* A pair with two rows would make one case too many. */
	static struct CMUnitTest tests[PAIRS + 1];
	size_t n = add_holes(tests);

	if (n + LENGTH(rows) != PAIRS)
		return 1;
	for (size_t i = 0; i < LENGTH(rows); i++)
		tests[n + i] = (struct CMUnitTest){
			.name = rows[i].name,
			.test_func = row_test,
			.initial_state = (void *)(uintptr_t)&rows[i],
		};
	tests[PAIRS] = (struct CMUnitTest){
		.name = "every state and every event has a name of its own",
		.test_func = names_test,
	};
	return cmocka_run_group_tests_name("tracee", tests, NULL, NULL);
}

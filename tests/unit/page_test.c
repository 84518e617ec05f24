/*
 * page_test.c - a user's page of the ledger as bytes, and bytes that are none.
 */
#include "policy/page.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ALICE 1000
#define BOB   1001
#define T0    1000000U

static const struct segvguard_rules rules = {
	.is_on = true, .maxcrashes = 2, .expiry_s = 10, .suspension_s = 60
};
static const struct file_id app = { 1, 257 };
static const struct file_id other = { 2, 257 };

static uint8_t *bytes;

static int
make_room(void **state UNUSED)
{
	bytes = calloc(1, page_size());
	return bytes == NULL ? -1 : 0;
}

static int
free_room(void **state UNUSED)
{
	free(bytes);
	return 0;
}

static struct span
page(void)
{
	return (struct span){ bytes, page_size() };
}

static void
note_path(const struct ledger_entry *entry, void *context)
{
	const char **path = context;

	*path = entry->path;
}

static void
a_page_comes_back(void **state UNUSED)
{
	SCOPED(ledger_release) struct ledger from = { 0 };
	SCOPED(ledger_release) struct ledger to = { 0 };
	const char *path = NULL;

	(void)ledger_crash(&from, &rules, ALICE, app, T0);
	(void)ledger_crash(&from, &rules, ALICE, app, T0);
	(void)ledger_crash(&from, &rules, ALICE, other, T0);
	ledger_name(&from, ALICE, other, "/usr/bin/other");
	ledger_name(&from, ALICE, app, "/usr/bin/app");
	page_put(&from, ALICE, bytes);
	assert_int_equal(page_take(&to, ALICE, page()), 0);
	assert_int_equal(
	    ledger_suspended_until(&to, ALICE, app, T0), T0 + 60000);
	assert_int_equal(ledger_count(&to, &rules, ALICE, other, T0), 1);
	assert_int_equal(ledger_count(&to, &rules, BOB, other, T0), 0);
	ledger_forgive(&to, ALICE, &app);
	ledger_walk(&to, T0, note_path, &path);
	assert_string_equal(path, "/usr/bin/other");
}

static void
what_was_there_before_is_gone(void **state UNUSED)
{
	SCOPED(ledger_release) struct ledger none = { 0 };
	SCOPED(ledger_release) struct ledger to = { 0 };

	(void)ledger_crash(&to, &rules, ALICE, app, T0);
	ledger_name(&to, ALICE, app, "/usr/bin/app");
	page_put(&none, ALICE, bytes);
	assert_int_equal(page_take(&to, ALICE, page()), 0);
	assert_int_equal(ledger_count(&to, &rules, ALICE, app, T0), 0);
}

static void
bytes_that_are_no_page_change_nothing(void **state UNUSED)
{
	SCOPED(ledger_release) struct ledger to = { 0 };
	struct span cut = { bytes, page_size() - 1 };

	(void)ledger_crash(&to, &rules, ALICE, app, T0);
	memset(bytes, 0xff, page_size());
	assert_int_equal(page_take(&to, ALICE, page()), -EPROTO);
	memset(bytes, 0, page_size());
	bytes[1] = 0xff; /* 65,280 places */
	assert_int_equal(page_take(&to, ALICE, page()), -EPROTO);
	memset(bytes, 0, page_size());
	bytes[page_size() - 1] = 'x'; /* a path without its end */
	assert_int_equal(page_take(&to, ALICE, page()), -EPROTO);
	memset(bytes, 0, page_size());
	assert_int_equal(page_take(&to, ALICE, cut), -EPROTO);
	assert_int_equal(ledger_count(&to, &rules, ALICE, app, T0), 1);
}

static void
a_long_path_is_left_out(void **state UNUSED)
{
	SCOPED(ledger_release) struct ledger from = { 0 };
	SCOPED(ledger_release) struct ledger to = { 0 };
	const char *path = "none";
	char longer[300] = "/";

	memset(longer + 1, 'x', sizeof(longer) - 2);
	(void)ledger_crash(&from, &rules, ALICE, app, T0);
	ledger_name(&from, ALICE, app, longer);
	page_put(&from, ALICE, bytes);
	assert_int_equal(page_take(&to, ALICE, page()), 0);
	ledger_walk(&to, T0, note_path, &path);
	assert_null(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_page_comes_back),
		cmocka_unit_test(what_was_there_before_is_gone),
		cmocka_unit_test(bytes_that_are_no_page_change_nothing),
		cmocka_unit_test(a_long_path_is_left_out),
	};

	return cmocka_run_group_tests_name("page", tests, make_room, free_room);
}

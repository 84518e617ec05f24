/*
 * wire_explain_test.c - the path that is to be explained, there and back.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/wire.h"
#include "common/wire_explain.h"

static uint8_t bytes[PATH_MAX + 64];

/* The message about a path of len bytes. */
static size_t
pack(size_t len)
{
	char path[PATH_MAX] = "";
	ssize_t n;

	memset(path, 'a', len);
	n = wire_pack_explain(path, bytes, sizeof(bytes));
	assert_true(n > 0);
	return (size_t)n;
}

static void
a_path_comes_back(void **state UNUSED)
{
	static const size_t lengths[] = { 1, 2, 100, PATH_MAX - 1 };

	for (size_t i = 0; i < LENGTH(lengths); i++) {
		struct span span = { bytes, pack(lengths[i]) };
		char got[PATH_MAX] = "";

		assert_int_equal(wire_kind_of(span), WIRE_EXPLAIN);
		assert_int_equal(wire_unpack_explain(span, got), 0);
		assert_int_equal(strlen(got), lengths[i]);
		assert_int_equal(strspn(got, "a"), lengths[i]);
	}
}

static void
every_cut_and_every_rest_is_refused(void **state UNUSED)
{
	size_t whole = pack(20);
	char got[PATH_MAX] = "as it was";

	for (size_t len = 0; len < whole + 8; len++) {
		if (len == whole)
			continue;
		assert_int_equal(
		    wire_unpack_explain((struct span){ bytes, len }, got),
		    -EPROTO);
		assert_string_equal(got, "as it was");
	}
}

static void
no_path_is_refused(void **state UNUSED)
{
	char path[PATH_MAX] = "", got[PATH_MAX] = "";
	size_t whole = pack(1);

	assert_int_equal(wire_pack_explain(path, bytes, sizeof(bytes)), -E2BIG);
	(void)pack(1);
	bytes[whole - 2] = '\0';
	assert_int_equal(
	    wire_unpack_explain((struct span){ bytes, whole - 1 }, got),
	    -EPROTO);
}

static void
a_path_without_its_end_is_refused(void **state UNUSED)
{
	char path[PATH_MAX];

	memset(path, 'a', sizeof(path));
	assert_int_equal(wire_pack_explain(path, bytes, sizeof(bytes)), -E2BIG);
	path[20] = '\0';
	assert_int_equal(wire_pack_explain(path, bytes, 20), -E2BIG);
}

static void
another_message_is_none(void **state UNUSED)
{
	const struct order order = { .verb = ORDER_STATUS };
	char got[PATH_MAX] = "";
	ssize_t len = wire_pack_order(&order, bytes, sizeof(bytes));

	assert_true(len > 0);
	assert_int_equal(
	    wire_unpack_explain((struct span){ bytes, (size_t)len }, got),
	    -EPROTO);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_path_comes_back),
		cmocka_unit_test(every_cut_and_every_rest_is_refused),
		cmocka_unit_test(no_path_is_refused),
		cmocka_unit_test(a_path_without_its_end_is_refused),
		cmocka_unit_test(another_message_is_none),
	};

	return cmocka_run_group_tests_name("wire_explain", tests, NULL, NULL);
}

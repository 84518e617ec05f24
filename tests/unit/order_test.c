/*
 * order_test.c - what an administrator asks, there and back.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/scope.h"
#include "common/wire.h"

static const struct order sent = { ORDER_FORGIVE, 0, 1, 61001, 1, 0xfd00, 4711,
	1800, "tpe", "/home/alice/*" };

static uint8_t bytes[ORDER_MAX];

static size_t
pack(void)
{
	ssize_t len = wire_pack_order(&sent, bytes, sizeof(bytes));

	assert_true(len > 0);
	return (size_t)len;
}

static int
unpack(size_t len)
{
	struct order got;

	return wire_unpack_order((struct span){ bytes, len }, &got);
}

static void
an_order_comes_back(void **state UNUSED)
{
	struct span span = { bytes, pack() };
	struct order got;

	assert_int_equal(wire_kind_of(span), WIRE_ORDER);
	assert_int_equal(wire_unpack_order(span, &got), 0);
	assert_int_equal(got.verb, sent.verb);
	assert_int_equal(got.is_followed, sent.is_followed);
	assert_int_equal(got.has_user, sent.has_user);
	assert_int_equal(got.uid, sent.uid);
	assert_int_equal(got.has_file, sent.has_file);
	assert_true(got.dev == sent.dev && got.ino == sent.ino);
	assert_int_equal(got.seconds, sent.seconds);
	assert_string_equal(got.check, sent.check);
	assert_string_equal(got.path, sent.path);
}

static void
every_cut_and_every_rest_is_refused(void **state UNUSED)
{
	size_t whole = pack();

	for (size_t len = 0; len < whole + 8; len++)
		assert_int_equal(unpack(len), len == whole ? 0 : -EPROTO);
}

static void
an_unknown_verb_is_refused(void **state UNUSED)
{
	size_t len = pack();

	bytes[8] = ORDER_VERBS;
	assert_int_equal(unpack(len), -EPROTO);
	(void)pack();
	bytes[12] = 2; /* neither followed nor not */
	assert_int_equal(unpack(len), -EPROTO);
}

static void
a_buffer_that_is_too_small_is_refused(void **state UNUSED)
{
	size_t len = pack();

	assert_int_equal(wire_pack_order(&sent, bytes, len - 1), -E2BIG);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_order_comes_back),
		cmocka_unit_test(every_cut_and_every_rest_is_refused),
		cmocka_unit_test(an_unknown_verb_is_refused),
		cmocka_unit_test(a_buffer_that_is_too_small_is_refused),
	};

	return cmocka_run_group_tests_name("order", tests, NULL, NULL);
}

/*
 * record_test.c - fields there and back, and bytes that are no record.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/record.h"
#include "common/scope.h"

static struct record *
parse(const char *line)
{
	return record_parse(
	    (struct span){ (const uint8_t *)line, strlen(line) });
}

static void
fields_stand_in_the_order_in_which_they_were_put(void **state UNUSED)
{
	SCOPED(record_release) struct record *r = record_new();

	record_put_text(r, "z", "last");
	record_put_number(r, "a", 42);
	record_put_true(r, "m");
	record_put_text(record_put_record(r, "in"), "k", "v");
	record_put_number(record_add_record(r, "list"), "i", 1);
	record_put_number(record_add_record(r, "list"), "i", 2);

	SCOPED(text_release) char *line = record_line(r);

	assert_string_equal(line,
	    "{\"z\":\"last\",\"a\":42,\"m\":true,\"in\":{\"k\":\"v\"},"
	    "\"list\":[{\"i\":1},{\"i\":2}]}");
}

static void
what_was_put_is_found_again(void **state UNUSED)
{
	SCOPED(record_release)
	struct record *r = parse("{\"t\":\"x\",\"n\":7,\"is\":true,"
				 "\"in\":{\"k\":\"v\"},\"l\":[{\"i\":1}]}");

	assert_non_null(r);
	assert_string_equal(record_text(r, "t"), "x");
	assert_int_equal(record_number(r, "n"), 7);
	assert_true(record_is(r, "is"));
	assert_string_equal(record_text(record_in(r, "in"), "k"), "v");
	assert_int_equal(record_count(r, "l"), 1);
	assert_int_equal(record_number(record_at(r, "l", 0), "i"), 1);
}

static void
what_is_not_there_is_nothing(void **state UNUSED)
{
	SCOPED(record_release)
	struct record *r = parse("{\"t\":1,\"n\":\"7\",\"m\":-1}");

	assert_string_equal(record_text(r, "t"), "");
	assert_int_equal(record_number(r, "n"), 0);
	assert_int_equal(record_number(r, "m"), 0);
	assert_false(record_is(r, "t"));
	assert_null(record_in(r, "t"));
	assert_int_equal(record_count(r, "t"), 0);
	assert_null(record_at(r, "t", 0));
	assert_string_equal(record_text(NULL, "t"), "");
	assert_null(record_in(NULL, "t"));
}

static void
only_one_object_is_a_record(void **state UNUSED)
{
	static const char *const odd[] = { "", "{", "[]", "1", "null", "{}{}",
		"{} x", "{\"a\":1,\"a\":2}", "{\"\xff\":1}" };

	for (size_t i = 0; i < LENGTH(odd); i++)
		assert_null(parse(odd[i]));
}

static void
text_that_is_not_utf_8_is_escaped(void **state UNUSED)
{
	SCOPED(record_release) struct record *r = record_new();

	record_put_text(r, "path", "/tmp/\xff\033[2J");

	SCOPED(text_release) char *line = record_line(r);

	assert_string_equal(line, "{\"path\":\"/tmp/\\\\xff\\\\x1b[2J\"}");
}

static void
what_is_shared_outlives_the_other(void **state UNUSED)
{
	struct record *other = parse("{\"in\":{\"k\":\"v\"}}");
	SCOPED(record_release) struct record *r = record_new();

	record_share(r, "it", record_in(other, "in"));
	record_add(r, "all", record_in(other, "in"));
	record_share(r, "none", NULL);
	record_release(&other);
	assert_string_equal(record_text(record_in(r, "it"), "k"), "v");
	assert_string_equal(record_text(record_at(r, "all", 0), "k"), "v");
	assert_null(record_in(r, "none"));
}

static void
want_of_memory_is_borne(void **state UNUSED)
{
	record_put_text(NULL, "k", "v");
	record_put_number(NULL, "k", 1);
	assert_null(record_put_record(NULL, "k"));
	assert_null(record_add_record(NULL, "k"));
	assert_null(record_line(NULL));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    fields_stand_in_the_order_in_which_they_were_put),
		cmocka_unit_test(what_was_put_is_found_again),
		cmocka_unit_test(what_is_not_there_is_nothing),
		cmocka_unit_test(only_one_object_is_a_record),
		cmocka_unit_test(text_that_is_not_utf_8_is_escaped),
		cmocka_unit_test(what_is_shared_outlives_the_other),
		cmocka_unit_test(want_of_memory_is_borne),
	};

	return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}

#include "common/span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/scope.h"

static const uint8_t bytes[8] = { 0, 1, 2, 3, 4, 5, 6, 7 };

/* clang-format off */
static const struct row {
	const char *name;
	uint64_t off, len;
	bool want;
} rows[] = {
	{ "the whole", 0, 8, true },
	{ "a part", 2, 3, true },
	{ "the last byte", 7, 1, true },
	{ "nothing at the beginning", 0, 0, true },
	{ "nothing at the end", 8, 0, true },
	{ "nothing behind the end", 9, 0, false },
	{ "one byte too many", 0, 9, false },
	{ "one byte behind the end", 8, 1, false },
	{ "a length that wraps", 4, UINT64_MAX - 1, false },
	{ "an offset that wraps", UINT64_MAX, 2, false },
	{ "both at their largest", UINT64_MAX, UINT64_MAX, false },
};
/* clang-format on */

static void
cut_test(void **state)
{
	const struct row *row = *state;
	const struct span whole = { bytes, sizeof(bytes) };
	struct span part = { NULL, 4711 };

	assert_int_equal(span_cut(whole, row->off, row->len, &part), row->want);
	if (row->want) {
		assert_ptr_equal(part.at, bytes + row->off);
		assert_int_equal(part.len, row->len);
	} else {
		assert_null(part.at);
		assert_int_equal(part.len, 4711);
	}
}

static void
copy_test(void **state)
{
	const struct row *row = *state;
	const struct span whole = { bytes, sizeof(bytes) };
	uint8_t to[8];
	uint8_t before[8];

	memset(to, 0xee, sizeof(to));
	memset(before, 0xee, sizeof(before));
	/* A length beyond to is refused before it is used. */
	assert_int_equal(
	    span_copy(whole, row->off, to, (size_t)row->len), row->want);
	if (row->want)
		assert_memory_equal(to, bytes + row->off, row->len);
	else
		assert_memory_equal(to, before, sizeof(to));
}

static void
empty_test(void **state UNUSED)
{
	const struct span none = { NULL, 0 };
	struct span part;
	uint8_t to;

	assert_true(span_cut(none, 0, 0, &part));
	assert_true(span_copy(none, 0, &to, 0));
	assert_false(span_copy(none, 0, &to, 1));
}

int
main(void)
{
	struct CMUnitTest tests[2 * LENGTH(rows) + 1];

	for (size_t i = 0; i < LENGTH(rows); i++) {
		void *row = (void *)(uintptr_t)&rows[i];

		tests[2 * i] = (struct CMUnitTest){
			.name = rows[i].name,
			.test_func = cut_test,
			.initial_state = row,
		};
		tests[2 * i + 1] = (struct CMUnitTest){
			.name = rows[i].name,
			.test_func = copy_test,
			.initial_state = row,
		};
	}
	tests[2 * LENGTH(rows)] = (struct CMUnitTest){
		.name = "no bytes at all",
		.test_func = empty_test,
	};
	return cmocka_run_group_tests_name("span", tests, NULL, NULL);
}

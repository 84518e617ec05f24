#include "common/number.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/scope.h"

#define UNTOUCHED 4711

/* clang-format off */
static const struct row {
	const char *name;
	const char *text;
	uint64_t min, max;
	int want;
	uint64_t number;
} rows[] = {
	{ "a digit", "7", 0, 10, 0, 7 },
	{ "the lower bound", "1", 1, 32, 0, 1 },
	{ "the upper bound", "32", 1, 32, 0, 32 },
	{ "leading zeros are decimal", "010", 0, 99, 0, 10 },
	{ "the largest number", "18446744073709551615", 0, UINT64_MAX, 0,
	    UINT64_MAX },
	{ "below the bounds", "0", 1, 32, -ERANGE, UNTOUCHED },
	{ "above the bounds", "33", 1, 32, -ERANGE, UNTOUCHED },
	{ "one more than the largest", "18446744073709551616", 0, UINT64_MAX,
	    -ERANGE, UNTOUCHED },
	{ "far more than the largest", "99999999999999999999999", 0,
	    UINT64_MAX, -ERANGE, UNTOUCHED },
	{ "nothing", "", 0, 10, -EINVAL, UNTOUCHED },
	{ "a minus sign", "-1", 0, 10, -EINVAL, UNTOUCHED },
	{ "a plus sign", "+1", 0, 10, -EINVAL, UNTOUCHED },
	{ "a blank in front", " 1", 0, 10, -EINVAL, UNTOUCHED },
	{ "a blank behind", "1 ", 0, 10, -EINVAL, UNTOUCHED },
	{ "a rest", "1s", 0, 10, -EINVAL, UNTOUCHED },
	{ "a base prefix", "0x1", 0, 10, -EINVAL, UNTOUCHED },
};
/* clang-format on */

static void
row_test(void **state)
{
	const struct row *row = *state;
	uint64_t number = UNTOUCHED;

	assert_int_equal(
	    number_parse(row->text, row->min, row->max, &number), row->want);
	assert_int_equal(number, row->number);
}

int
main(void)
{
	struct CMUnitTest tests[LENGTH(rows)];

	for (size_t i = 0; i < LENGTH(rows); i++)
		tests[i] = (struct CMUnitTest){
			.name = rows[i].name,
			.test_func = row_test,
			.initial_state = (void *)(uintptr_t)&rows[i],
		};
	return cmocka_run_group_tests_name("number", tests, NULL, NULL);
}

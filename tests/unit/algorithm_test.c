/*
 * algorithm_test.c - the digests that a manifest may use.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/algorithm.h"
#include "common/scope.h"

static const struct row {
	const char *name;
	enum digest_algorithm want;
	size_t want_bits;
	bool is_weak;
} rows[] = {
	{ "MD5", DIGEST_MD5, 128, true },
	{ "SHA1", DIGEST_SHA1, 160, true },
	{ "SHA256", DIGEST_SHA256, 256, false },
	{ "SHA384", DIGEST_SHA384, 384, false },
	{ "SHA512", DIGEST_SHA512, 512, false },
	{ "SHA3-256", DIGEST_SHA3_256, 256, false },
	{ "SHA3-384", DIGEST_SHA3_384, 384, false },
	{ "SHA3-512", DIGEST_SHA3_512, 512, false },
	{ "BLAKE2b", DIGEST_BLAKE2B, 512, false },
	{ "BLAKE2b-256", DIGEST_BLAKE2B_256, 256, false },
	{ "BLAKE2b-384", DIGEST_BLAKE2B_384, 384, false },
	/* No other name, and nothing that is not known, is as good. */
	{ "", DIGEST_UNKNOWN, 0, true },
	{ "unknown", DIGEST_UNKNOWN, 0, true },
	{ "sha256", DIGEST_UNKNOWN, 0, true },
	{ "SHA256 ", DIGEST_UNKNOWN, 0, true },
	{ "SHA-256", DIGEST_UNKNOWN, 0, true },
	{ "SHA224", DIGEST_UNKNOWN, 0, true },
	{ "SHA3", DIGEST_UNKNOWN, 0, true },
	{ "BLAKE2b-512", DIGEST_UNKNOWN, 0, true },
};

static void
row_test(void **state)
{
	const struct row *row = *state;
	enum digest_algorithm got = algorithm_named(row->name);

	assert_int_equal(got, row->want);
	assert_int_equal(8 * algorithm_size(got), row->want_bits);
	assert_int_equal(algorithm_is_weak(got), row->is_weak);
	if (got != DIGEST_UNKNOWN)
		assert_string_equal(algorithm_name(got), row->name);
}

static void
a_later_one_is_no_weaker(void **state UNUSED)
{
	for (int i = DIGEST_UNKNOWN + 1; i + 1 < DIGEST_ALGORITHMS; i++) {
		enum digest_algorithm one = (enum digest_algorithm)i;
		enum digest_algorithm next = (enum digest_algorithm)(i + 1);

		assert_true(algorithm_size(one) <= algorithm_size(next));
		assert_true(algorithm_is_weak(one) || !algorithm_is_weak(next));
		assert_true(algorithm_size(next) <= DIGEST_MAX);
		assert_int_equal(algorithm_named(algorithm_name(one)), one);
	}
}

static void
what_is_no_algorithm_is_unknown(void **state UNUSED)
{
	assert_string_equal(algorithm_name(DIGEST_ALGORITHMS), "unknown");
	assert_int_equal(algorithm_size(DIGEST_ALGORITHMS), 0);
	assert_true(algorithm_is_weak(DIGEST_ALGORITHMS));
}

#define N_ROWS LENGTH(rows)

int
main(void)
{
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(a_later_one_is_no_weaker),
		cmocka_unit_test(what_is_no_algorithm_is_unknown),
	};
	struct CMUnitTest tests[N_ROWS + LENGTH(others)];

	for (size_t i = 0; i < N_ROWS; i++)
		tests[i] = (struct CMUnitTest){
			.name = rows[i].name,
			.test_func = row_test,
			.initial_state = (void *)(uintptr_t)&rows[i],
		};
	memcpy(tests + N_ROWS, others, sizeof(others));
	return cmocka_run_group_tests_name("algorithm", tests, NULL, NULL);
}

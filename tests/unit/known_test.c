/*
 * known_test.c - what was found out about an image, for a moment.
 */
#include "guardd/known.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/scope.h"

#define NOW     1000000U
#define DEV     UINT64_C(0xfd00)
#define INO     UINT64_C(4711)
#define CHANGED INT64_C(1234567890123456789)

/* The image of DEV, INO and CHANGED was put at NOW; then it is asked for. */
/* clang-format off */
static const struct row {
	const char *name;
	uint64_t dev, ino;
	int64_t changed_ns;
	uint64_t after; /* so many milliseconds */
	bool want;
} rows[] = {
	{ "known at once", DEV, INO, CHANGED, 0, true },
	{ "known until the moment is over", DEV, INO, CHANGED,
	    KNOWN_MS - 1, true },
	{ "not known when the moment is over", DEV, INO, CHANGED,
	    KNOWN_MS, false },
	{ "not known long afterwards", DEV, INO, CHANGED,
	    UINT64_MAX - NOW, false },
	{ "not known after a change", DEV, INO, CHANGED + 1, 0, false },
	{ "not known after a change back in time", DEV, INO, CHANGED - 1, 0,
	    false },
	{ "known by its mapping, whatever its time", DEV, INO, KNOWN_ANY_TIME,
	    0, true },
	{ "known by its mapping for a moment only", DEV, INO, KNOWN_ANY_TIME,
	    KNOWN_MS, false },
	{ "another device is another file", DEV + 1, INO, CHANGED, 0, false },
	{ "another inode is another file", DEV, INO + 1, CHANGED, 0, false },
	{ "another inode in the same place is another file", DEV, INO + KNOWN_SETS,
	    CHANGED, 0, false },
	{ "by its mapping, too, another device is another file", DEV + 1, INO,
	    KNOWN_ANY_TIME, 0, false },
	{ "by its mapping, too, another inode is another file", DEV,
	    INO + KNOWN_SETS, KNOWN_ANY_TIME, 0, false },
};
/* clang-format on */

static struct known known;
static struct image image;

static int
clear(void **state UNUSED)
{
	memset(&known, 0, sizeof(known));
	memset(&image, 0, sizeof(image));
	image.id = (struct file_id){ DEV, INO };
	image.name = NAME_VERIFIED;
	image.changed_ns = CHANGED;
	strcpy(image.path, "/usr/bin/true");
	return 0;
}

static void
row_test(void **state)
{
	const struct row *row = *state;
	const struct file_id id = { row->dev, row->ino };
	const struct known_image *got;

	known_put(&known, &image, NOW);
	got = known_find(&known, id, row->changed_ns, NOW + row->after);
	assert_int_equal(got != NULL, row->want);
	if (got != NULL)
		assert_string_equal(got->path, image.path);
}

/* A memory of zeros must not know the file of zeros. */
static void
empty_test(void **state UNUSED)
{
	const struct file_id zero = { 0, 0 };

	assert_null(known_find(&known, zero, 0, 0));
	assert_null(known_find(&known, zero, KNOWN_ANY_TIME, 0));
	assert_null(known_find(&known, image.id, CHANGED, NOW));
}

/* One more than there are ways, each a millisecond after the one before it. */
static void
replaced_test(void **state UNUSED)
{
	const uint64_t now = NOW + KNOWN_WAYS;
	struct file_id id = image.id;

	for (uint64_t i = 0; i <= KNOWN_WAYS; i++) {
		image.id.ino = INO + i * KNOWN_SETS;
		known_put(&known, &image, NOW + i);
	}
	assert_null(known_find(&known, id, CHANGED, now));
	for (uint64_t i = 1; i <= KNOWN_WAYS; i++) {
		id.ino = INO + i * KNOWN_SETS;
		assert_int_equal(
		    known_find(&known, id, CHANGED, now)->id.ino, id.ino);
	}
}

static void
twice_test(void **state UNUSED)
{
	const struct file_id first = image.id;

	known_put(&known, &image, NOW);
	image.id.ino += KNOWN_SETS;
	for (uint64_t i = 0; i < KNOWN_WAYS; i++)
		known_put(&known, &image, NOW);
	assert_non_null(known_find(&known, first, CHANGED, NOW));
}

static void
renewed_test(void **state UNUSED)
{
	known_put(&known, &image, NOW);
	image.changed_ns++;
	known_put(&known, &image, NOW + KNOWN_MS - 1);
	assert_null(known_find(&known, image.id, CHANGED, NOW + KNOWN_MS));
	assert_non_null(
	    known_find(&known, image.id, CHANGED + 1, NOW + KNOWN_MS));
}

static void
neighbours_test(void **state UNUSED)
{
	for (uint64_t i = 0; i < (uint64_t)KNOWN_SETS * KNOWN_WAYS; i++) {
		image.id.ino = INO + i;
		known_put(&known, &image, NOW);
	}
	for (uint64_t i = 0; i < (uint64_t)KNOWN_SETS * KNOWN_WAYS; i++) {
		image.id.ino = INO + i;
		assert_int_equal(
		    known_find(&known, image.id, CHANGED, NOW)->id.ino,
		    INO + i);
	}
}

/* The image that was put, as it comes back. */
static const struct image *
put_and_take(void)
{
	static struct image to;

	memset(&to, 0xee, sizeof(to));
	known_put(&known, &image, NOW);
	known_copy(known_find(&known, image.id, CHANGED, NOW), &to);
	return &to;
}

static void
copy_test(void **state UNUSED)
{
	const struct image *to;

	image.fs_type = 0xEF53;
	image.size = 42;
	image.has_other_names = true;
	image.self.owner = 1000;
	image.n_chain = KNOWN_CHAIN;
	image.chain[0].mode = 0755;
	image.chain[KNOWN_CHAIN - 1].owner = 1001;
	memset(image.path, '/', KNOWN_PATH - 1);
	to = put_and_take();

	assert_int_equal(to->name, NAME_VERIFIED);
	assert_true(same_file(to->id, image.id));
	assert_int_equal(to->size, image.size);
	assert_int_equal(to->changed_ns, CHANGED);
	assert_true(to->has_other_names);
	assert_int_equal(to->fs_type, image.fs_type);
	assert_false(to->chain_too_deep);
	assert_int_equal(to->n_chain, KNOWN_CHAIN);
	assert_memory_equal(&to->self, &image.self, sizeof(to->self));
	assert_memory_equal(
	    to->chain, image.chain, KNOWN_CHAIN * sizeof(to->chain[0]));
	assert_string_equal(to->path, image.path);
	/* What was not valid was not touched. */
	assert_int_equal(to->chain[KNOWN_CHAIN].owner, 0xeeeeeeee);
	assert_int_equal((unsigned char)to->path[KNOWN_PATH], 0xee);
}

static bool
is_put(void)
{
	known_put(&known, &image, NOW);
	return known_find(&known, image.id, CHANGED, NOW) != NULL;
}

static void
deep_test(void **state UNUSED)
{
	image.n_chain = KNOWN_CHAIN + 1;
	assert_false(is_put());
	image.n_chain = KNOWN_CHAIN;
	image.chain_too_deep = true;
	assert_false(is_put());
	image.chain_too_deep = false;
	assert_true(is_put());
}

static void
long_test(void **state UNUSED)
{
	memset(image.path, '/', KNOWN_PATH);
	image.path[KNOWN_PATH] = '\0';
	assert_false(is_put());
}

static void
unverified_test(void **state UNUSED)
{
	image.name = NAME_ELSEWHERE;
	assert_false(is_put());
	image.name = NAME_GONE;
	assert_false(is_put());
}

/* clang-format off */
#define CASE(sentence, function) { sentence, function, clear, NULL, NULL }

static const struct CMUnitTest cases[] = {
	CASE("an empty memory knows nothing, not even zero", empty_test),
	CASE("of too many in one place the oldest goes", replaced_test),
	CASE("who is put again takes no second place", twice_test),
	CASE("what was looked at again is known anew", renewed_test),
	CASE("neighbours are known side by side", neighbours_test),
	CASE("a copy has what is known and nothing more", copy_test),
	CASE("what lies deep is not known", deep_test),
	CASE("what has a long name is not known", long_test),
	CASE("what has no verified name is not known", unverified_test),
};
/* clang-format on */

int
main(void)
{
	struct CMUnitTest tests[LENGTH(rows) + LENGTH(cases)];

	for (size_t i = 0; i < LENGTH(rows); i++)
		tests[i] = (struct CMUnitTest){
			.name = rows[i].name,
			.test_func = row_test,
			.setup_func = clear,
			.initial_state = (void *)(uintptr_t)&rows[i],
		};
	memcpy(tests + LENGTH(rows), cases, sizeof(cases));
	return cmocka_run_group_tests_name("known", tests, NULL, NULL);
}

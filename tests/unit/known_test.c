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
	{ "another inode in the same place is another file", DEV, INO + KNOWN,
	    CHANGED, 0, false },
	{ "by its mapping, too, another device is another file", DEV + 1, INO,
	    KNOWN_ANY_TIME, 0, false },
	{ "by its mapping, too, another inode is another file", DEV,
	    INO + KNOWN, KNOWN_ANY_TIME, 0, false },
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
	image.changed_ns = CHANGED;
	strcpy(image.path, "/usr/bin/true");
	return 0;
}

static void
row_test(void **state)
{
	const struct row *row = *state;
	const struct file_id id = { row->dev, row->ino };
	const struct image *got;

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

static void
replaced_test(void **state UNUSED)
{
	const struct file_id first = image.id;

	known_put(&known, &image, NOW);
	image.id.ino += KNOWN;
	strcpy(image.path, "/a");
	known_put(&known, &image, NOW);
	assert_null(known_find(&known, first, CHANGED, NOW));
	assert_string_equal(
	    known_find(&known, image.id, CHANGED, NOW)->path, "/a");
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
	for (uint64_t i = 0; i < KNOWN; i++) {
		image.id.ino = INO + i;
		known_put(&known, &image, NOW);
	}
	for (uint64_t i = 0; i < KNOWN; i++) {
		image.id.ino = INO + i;
		assert_int_equal(
		    known_find(&known, image.id, CHANGED, NOW)->id.ino,
		    INO + i);
	}
}

static void
copy_test(void **state UNUSED)
{
	static struct image to;

	memset(&to, 0xee, sizeof(to));
	image.role = ROLE_SCRIPT;
	image.name = NAME_VERIFIED;
	image.fs_type = 0xEF53;
	image.self.owner = 1000;
	image.chain_too_deep = true;
	image.n_chain = 2;
	image.chain[0].mode = 0755;
	image.chain[1].owner = 1001;
	known_copy(&image, &to);

	assert_memory_equal(&to, &image, offsetof(struct image, chain));
	assert_memory_equal(to.chain, image.chain, 2 * sizeof(image.chain[0]));
	assert_string_equal(to.path, image.path);
	/* What was not valid was not touched. */
	assert_int_equal(to.chain[2].owner, 0xeeeeeeee);
	assert_int_equal((unsigned char)to.path[sizeof(to.path) - 1], 0xee);
}

static void
full_copy_test(void **state UNUSED)
{
	static struct image to;

	image.n_chain = CHAIN_MAX;
	image.chain[CHAIN_MAX - 1].owner = 1001;
	memset(image.path, '/', sizeof(image.path) - 1);
	known_copy(&image, &to);
	assert_memory_equal(&to, &image, sizeof(to));
}

/* clang-format off */
#define CASE(sentence, function) { sentence, function, clear, NULL, NULL }

static const struct CMUnitTest cases[] = {
	CASE("an empty memory knows nothing, not even zero", empty_test),
	CASE("the latter of two in one place is known", replaced_test),
	CASE("what was looked at again is known anew", renewed_test),
	CASE("neighbours are known side by side", neighbours_test),
	CASE("a copy has what is valid and nothing more", copy_test),
	CASE("a full image is copied whole", full_copy_test),
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

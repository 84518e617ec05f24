/*
 * acl_test.c - the bytes of a POSIX ACL to who may write.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/scope.h"
#include "policy/acl.h"

#define ENTRIES_MAX 16
#define BYTES_MAX   (4 + 8 * ENTRIES_MAX)
#define ALICE       1000
#define BOB         1001
#define BIG         0x81828384U

struct entry {
	uint16_t tag;
	uint16_t perm;
	uint32_t id;
};

/* clang-format off */
#define NO_ID        0xffffffffU
#define OWNER        { 0x01, 7, NO_ID }
#define USER(id, p)  { 0x02, p, id }
#define GROUP_OBJ(p) { 0x04, p, NO_ID }
#define GROUP(id, p) { 0x08, p, id }
#define MASK(p)      { 0x10, p, NO_ID }
#define OTHER        { 0x20, 5, NO_ID }
#define NOBODY       .want_overflow = false
#define BAD          .want_overflow = true

static const struct row {
	const char *name;
	size_t n;
	struct entry entries[ENTRIES_MAX];
	bool want_overflow;
	bool want_masked;
	uint8_t want_users;
	uint8_t want_groups;
	uint32_t want_first; /* the first user, or the first group */
} rows[] = {
	{ "a minimal ACL is the mode again", 3,
	    { OWNER, GROUP_OBJ(5), OTHER }, NOBODY, .want_masked = true },
	{ "a minimal ACL with group write masks nothing", 3,
	    { OWNER, GROUP_OBJ(7), OTHER }, NOBODY },
	{ "T2: a named user who may write is found", 5,
	    { OWNER, USER(ALICE, 7), GROUP_OBJ(5), MASK(7), OTHER },
	    .want_masked = true, .want_users = 1, .want_first = ALICE },
	{ "write alone is write", 5,
	    { OWNER, USER(ALICE, 2), GROUP_OBJ(5), MASK(2), OTHER },
	    .want_masked = true, .want_users = 1, .want_first = ALICE },
	{ "a named user who may only read is not", 5,
	    { OWNER, USER(ALICE, 5), GROUP_OBJ(5), MASK(7), OTHER },
	    .want_masked = true },
	{ "a user whom the mask takes write from is not", 5,
	    { OWNER, USER(ALICE, 7), GROUP_OBJ(5), MASK(5), OTHER },
	    .want_masked = true },
	{ "a named group that may write is found", 5,
	    { OWNER, GROUP_OBJ(7), GROUP(BOB, 6), MASK(7), OTHER },
	    .want_groups = 1, .want_first = BOB },
	{ "a group that the mask takes write from is not", 5,
	    { OWNER, GROUP_OBJ(7), GROUP(BOB, 6), MASK(4), OTHER }, NOBODY },
	{ "an id of four bytes is read whole", 5,
	    { OWNER, USER(BIG, 7), GROUP_OBJ(7), MASK(7), OTHER },
	    .want_users = 1, .want_first = BIG },
	{ "a mask without anybody named is valid", 4,
	    { OWNER, GROUP_OBJ(7), MASK(5), OTHER }, NOBODY },
	{ "eight writing users have room", 12,
	    { OWNER, USER(9, 2), USER(1, 2), USER(2, 2), USER(3, 2),
		USER(4, 2), USER(5, 2), USER(6, 2), USER(7, 2), GROUP_OBJ(7),
		MASK(7), OTHER }, .want_users = 8, .want_first = 9 },
	{ "a ninth is too many", 13,
	    { OWNER, USER(9, 2), USER(1, 2), USER(2, 2), USER(3, 2),
		USER(4, 2), USER(5, 2), USER(6, 2), USER(7, 2), USER(8, 2),
		GROUP_OBJ(7), MASK(7), OTHER }, BAD,
	    .want_users = 8, .want_first = 9 },
	{ "a ninth who may only read is not", 13,
	    { OWNER, USER(9, 2), USER(1, 2), USER(2, 2), USER(3, 2),
		USER(4, 2), USER(5, 2), USER(6, 2), USER(7, 2), USER(8, 5),
		GROUP_OBJ(7), MASK(7), OTHER },
	    .want_users = 8, .want_first = 9 },
	{ "a ninth group is too many", 13,
	    { OWNER, GROUP_OBJ(7), GROUP(9, 2), GROUP(1, 2), GROUP(2, 2),
		GROUP(3, 2), GROUP(4, 2), GROUP(5, 2), GROUP(6, 2),
		GROUP(7, 2), GROUP(8, 2), MASK(7), OTHER }, BAD,
	    .want_groups = 8, .want_first = 9 },

	/* What the kernel would not have stored. */
	{ "a header alone is no ACL", 0, { { 0 } }, BAD },
	{ "no owner: no ACL", 2, { GROUP_OBJ(7), OTHER }, BAD },
	{ "no owning group: no ACL", 2, { OWNER, OTHER }, BAD },
	{ "no others: no ACL", 2, { OWNER, GROUP_OBJ(7) }, BAD },
	{ "somebody named without a mask: no ACL", 4,
	    { OWNER, USER(ALICE, 7), GROUP_OBJ(5), OTHER }, BAD },
	{ "a group named without a mask: no ACL", 4,
	    { OWNER, GROUP_OBJ(5), GROUP(BOB, 7), OTHER }, BAD },
	{ "a mask before what it masks: no ACL", 5,
	    { OWNER, MASK(7), USER(ALICE, 7), GROUP_OBJ(5), OTHER }, BAD },
	{ "two masks: no ACL", 6,
	    { OWNER, USER(ALICE, 7), GROUP_OBJ(5), MASK(5), MASK(7), OTHER },
	    BAD },
	{ "two owning groups: no ACL", 4,
	    { OWNER, GROUP_OBJ(5), GROUP_OBJ(7), OTHER }, BAD },
	{ "an unknown tag: no ACL", 4,
	    { OWNER, GROUP_OBJ(5), OTHER, { 0x40, 0, 0 } }, BAD },
	{ "two tags in one: no ACL", 4,
	    { OWNER, { 0x03, 7, 0 }, GROUP_OBJ(5), OTHER }, BAD },
	{ "a tag of zero: no ACL", 4,
	    { { 0, 7, 0 }, OWNER, GROUP_OBJ(5), OTHER }, BAD },
	{ "an unknown permission: no ACL", 3,
	    { OWNER, GROUP_OBJ(0x105), OTHER }, BAD },
};
/* clang-format on */

static size_t
pack(const struct entry *entries, size_t n, uint8_t *dst)
{
	size_t len = 0;

	for (int i = 0; i < 4; i++)
		dst[len++] = i == 0 ? 2 : 0;
	for (size_t i = 0; i < n; i++) {
		dst[len++] = (uint8_t)entries[i].tag;
		dst[len++] = (uint8_t)(entries[i].tag >> 8);
		dst[len++] = (uint8_t)entries[i].perm;
		dst[len++] = (uint8_t)(entries[i].perm >> 8);
		for (int shift = 0; shift < 32; shift += 8)
			dst[len++] = (uint8_t)(entries[i].id >> shift);
	}
	return len;
}

static void
row_test(void **state)
{
	const struct row *row = *state;
	uint8_t bytes[BYTES_MAX];
	size_t len = pack(row->entries, row->n, bytes);
	struct node node = { 0 };

	acl_writers((struct span){ bytes, len }, &node);
	assert_int_equal(node.acl_overflow, row->want_overflow);
	assert_int_equal(node.group_is_masked, row->want_masked);
	assert_int_equal(node.n_acl_users, row->want_users);
	assert_int_equal(node.n_acl_groups, row->want_groups);
	if (row->want_users > 0)
		assert_int_equal(node.acl_users[0], row->want_first);
	if (row->want_groups > 0)
		assert_int_equal(node.acl_groups[0], row->want_first);
}

/* A heap block of exactly the length: reading past it is seen by ASan. */
static bool
is_overflow(const uint8_t *bytes, size_t len)
{
	uint8_t *exact = malloc(len > 0 ? len : 1);
	struct node node = { 0 };

	assert_non_null(exact);
	memcpy(exact, bytes, len);
	acl_writers((struct span){ exact, len }, &node);
	free(exact);
	assert_true(node.n_acl_users <= NODE_WRITERS);
	assert_true(node.n_acl_groups <= NODE_WRITERS);
	return node.acl_overflow;
}

static const struct entry usual[] = { OWNER, USER(ALICE, 7), GROUP_OBJ(5),
	GROUP(BOB, 7), MASK(7), OTHER };

static void
every_cut_is_no_acl(void **state UNUSED)
{
	uint8_t bytes[BYTES_MAX] = { 0 };
	size_t len = pack(usual, LENGTH(usual), bytes);

	assert_false(is_overflow(bytes, len));
	for (size_t cut = 0; cut < len; cut++)
		assert_true(is_overflow(bytes, cut));
	for (size_t more = 1; more < 8; more++)
		assert_true(is_overflow(bytes, len + more));
}

static void
another_version_is_no_acl(void **state UNUSED)
{
	uint8_t bytes[BYTES_MAX];
	size_t len = pack(usual, LENGTH(usual), bytes);

	bytes[0] = 1;
	assert_true(is_overflow(bytes, len));
	bytes[0] = 2;
	bytes[3] = 1;
	assert_true(is_overflow(bytes, len));
}

static void
no_byte_can_do_harm(void **state UNUSED)
{
	uint8_t bytes[BYTES_MAX];
	size_t len = pack(usual, LENGTH(usual), bytes);

	for (size_t at = 0; at < len; at++) {
		uint8_t was = bytes[at];

		for (unsigned value = 0; value < 256; value++) {
			bytes[at] = (uint8_t)value;
			(void)is_overflow(bytes, len);
		}
		bytes[at] = was;
	}
}

static void
an_overflow_that_was_there_stays(void **state UNUSED)
{
	uint8_t bytes[BYTES_MAX];
	size_t len = pack(usual, LENGTH(usual), bytes);
	struct node node = { .acl_overflow = true, .n_acl_users = 7 };

	acl_writers((struct span){ bytes, len }, &node);
	assert_true(node.acl_overflow);
	assert_int_equal(node.n_acl_users, 1);
}

#define N_ROWS LENGTH(rows)

int
main(void)
{
	const struct CMUnitTest others[] = {
		cmocka_unit_test(every_cut_is_no_acl),
		cmocka_unit_test(another_version_is_no_acl),
		cmocka_unit_test(no_byte_can_do_harm),
		cmocka_unit_test(an_overflow_that_was_there_stays),
	};
	struct CMUnitTest tests[N_ROWS + LENGTH(others)];

	for (size_t i = 0; i < N_ROWS; i++)
		tests[i] = (struct CMUnitTest){
			.name = rows[i].name,
			.test_func = row_test,
			.initial_state = (void *)(uintptr_t)&rows[i],
		};
	memcpy(&tests[N_ROWS], others, sizeof(others));
	return cmocka_run_group_tests_name("acl", tests, NULL, NULL);
}

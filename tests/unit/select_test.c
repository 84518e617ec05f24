#include "policy/select.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/scope.h"

/* clang-format off */
#define WORDS(...) \
	{ (char *[]){ __VA_ARGS__ }, \
	    sizeof((char *[]){ __VA_ARGS__ }) / sizeof(char *) }

/* One list for the whole table, written the way an administrator thinks. */
static struct policy list[] = {
	{ .name = (char *)"admins", .users = WORDS((char *)"root") },
	{ .name = (char *)"rest", .except_users = WORDS((char *)"svc-*"),
	    .except_groups = WORDS((char *)"trusted") },
	{ .name = (char *)"students", .groups = WORDS((char *)"students"),
	    .except_users = WORDS((char *)"anna") },
	{ .name = (char *)"guests", .users = WORDS((char *)"guest?",
	    (char *)"7000-7999", (char *)"8001") },
	{ .name = (char *)"labs", .groups = WORDS((char *)"lab-*",
	    (char *)"500-599") },
	{ .name = (char *)"everybody", .users = WORDS((char *)"*"),
	    .except_users = WORDS((char *)"[!s]*") },
	{ .name = (char *)"late", .users = WORDS((char *)"guest1") },
};

static const struct policies policies = { list, LENGTH(list), NULL };

#define GROUPS(...) \
	(struct group_name[]){ __VA_ARGS__ }, \
	    sizeof((struct group_name[]){ __VA_ARGS__ }) / \
	    sizeof(struct group_name)

static const struct row {
	const char *name;
	struct subject who;
	const char *want; /* NULL: no policy */
} rows[] = {
	{ "a user whom nobody names gets the default",
	    { 1000, "bob", NULL, 0 }, "rest" },
	{ "a group is found before the default, though it stands later",
	    { 1000, "bob", GROUPS({ 100, "users" }, { 101, "students" }) },
	    "students" },
	{ "an excepted user falls through to the default",
	    { 1001, "anna", GROUPS({ 101, "students" }) }, "rest" },
	{ "a user is found before his group",
	    { 1002, "guest1", GROUPS({ 101, "students" }) }, "guests" },
	{ "the first policy that names the user wins",
	    { 1002, "guest1", NULL, 0 }, "guests" },
	{ "a pattern is the whole name",
	    { 1003, "guest12", NULL, 0 }, "rest" },
	{ "a range of uids", { 7000, "x", NULL, 0 }, "guests" },
	{ "the end of the range", { 7999, "x", NULL, 0 }, "guests" },
	{ "one behind the range", { 8000, "x", NULL, 0 }, "rest" },
	{ "a uid by its number", { 8001, "x", NULL, 0 }, "guests" },
	{ "a number is no name", { 1004, "8001", NULL, 0 }, "rest" },
	{ "a group by pattern",
	    { 1005, "x", GROUPS({ 9, "lab-2" }) }, "labs" },
	{ "a group by number, though it has no name",
	    { 1005, "x", GROUPS({ 550, "" }) }, "labs" },
	{ "a group without a name matches no pattern",
	    { 1005, "x", GROUPS({ 9, "" }) }, "rest" },
	{ "an excepted group is passed over by the default",
	    { 1006, "x", GROUPS({ 9, "trusted" }) }, NULL },
	{ "a star takes whom it does not except",
	    { 1007, "svc-web", NULL, 0 }, "everybody" },
	{ "root is found by his name", { 0, "root", NULL, 0 }, "admins" },
	{ "another name of uid 0 is not root's",
	    { 0, "toor", NULL, 0 }, NULL },
	{ "uid 0 is not found by a star, though the star would take it",
	    { 0, "sroot", NULL, 0 }, NULL },
	{ "uid 0 is not found through a group",
	    { 0, "toor", GROUPS({ 101, "students" }) }, NULL },
};

static const struct range_row {
	const char *name;
	const char *word;
	enum id_range want;
	uint32_t low, high;
} range_rows[] = {
	{ "a number is a range of one", "5", ID_RANGE_FOUND, 5, 5 },
	{ "a range", "0-99", ID_RANGE_FOUND, 0, 99 },
	{ "the largest id", "4294967294", ID_RANGE_FOUND, 4294967294U,
	    4294967294U },
	{ "the id -1 is nobody's", "4294967295", ID_RANGE_BROKEN, 1, 2 },
	{ "an id of 65 bits", "18446744073709551617", ID_RANGE_BROKEN, 1, 2 },
	{ "a range that ends before it begins", "9-8", ID_RANGE_BROKEN, 1, 2 },
	{ "a range without an end", "9-", ID_RANGE_BROKEN, 1, 2 },
	{ "a range without a beginning", "-9", ID_RANGE_BROKEN, 1, 2 },
	{ "three numbers", "1-2-3", ID_RANGE_BROKEN, 1, 2 },
	{ "a lone dash", "-", ID_RANGE_BROKEN, 1, 2 },
	{ "nothing", "", ID_RANGE_BROKEN, 1, 2 },
	{ "a name with digits", "lab1", ID_RANGE_NONE, 1, 2 },
};
/* clang-format on */

static void
row_test(void **state)
{
	const struct row *row = *state;
	const struct policy *got = select_policy(&policies, &row->who);

	if (row->want == NULL) {
		assert_null(got);
		return;
	}
	assert_non_null(got);
	assert_string_equal(got->name, row->want);
}

static void
range_test(void **state)
{
	const struct range_row *row = *state;
	uint32_t low = 1, high = 2;

	assert_int_equal(select_range(row->word, &low, &high), row->want);
	assert_int_equal(low, row->low);
	assert_int_equal(high, row->high);
}

/* With nothing but a range and a star, uid 0 is found by the range alone. */
static void
root_test(void **state UNUSED)
{
	char range[] = "0-99";
	char star[] = "*";
	char *range_at[] = { range };
	char *star_at[] = { star };
	struct policy one = { .users = { range_at, 1 } };
	const struct policies only = { &one, 1, NULL };
	const struct subject root = { 0, "root", NULL, 0 };

	assert_ptr_equal(select_policy(&only, &root), &one);
	one.users.at = star_at;
	assert_null(select_policy(&only, &root));
	one.users = (struct words){ NULL, 0 };
	assert_null(select_policy(&only, &root));
}

int
main(void)
{
	struct CMUnitTest tests[LENGTH(rows) + LENGTH(range_rows) + 1];
	size_t n = 0;

	for (size_t i = 0; i < LENGTH(rows); i++)
		tests[n++] = (struct CMUnitTest){
			.name = rows[i].name,
			.test_func = row_test,
			.initial_state = (void *)(uintptr_t)&rows[i],
		};
	for (size_t i = 0; i < LENGTH(range_rows); i++)
		tests[n++] = (struct CMUnitTest){
			.name = range_rows[i].name,
			.test_func = range_test,
			.initial_state = (void *)(uintptr_t)&range_rows[i],
		};
	tests[n] = (struct CMUnitTest){
		.name = "root is named by a number, never by a star or default",
		.test_func = root_test,
	};
	return cmocka_run_group_tests_name("select", tests, NULL, NULL);
}

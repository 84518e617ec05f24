/*
 * entry_test.c - status and stat as the kernel writes them, names that look
 * like their fields, and texts that end early.
 */
#include "guardd/kernel/entry.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define UNTOUCHED 4711

#define AS(name)                                                               \
	"Name:\t" name "\nUmask:\t0022\nState:\tT (stopped)\nTgid:\t4242\n"    \
	"Ngid:\t0\nPid:\t4243\nPPid:\t1\nTracerPid:\t77\n"                     \
	"Uid:\t1000\t0\t4294967294\t1000\nGid:\t1000\t1000\t1000\t1000\n"      \
	"FDSize:\t64\nGroups:\t27 1000 \nNoNewPrivs:\t0\nSeccomp:\t2\n"        \
	"Seccomp_filters:\t1\nSpeculation_Store_Bypass:\tvulnerable\n"

/* clang-format off */
static const struct row {
	const char *name;
	const char *text;
} rows[] = {
	{ "a plain name", AS("bash") },
	{ "no name at all", AS("") },
	{ "a name that looks like a line",
	    AS("\\nUid:\\t0\\t0") },
	{ "a name that looks like a key", AS("Uid:\t0\t0") },
	{ "another", AS("Seccomp:\t0") },
	{ "and one with its backslash", AS("\\\\nTgid:\t1") },
};
/* clang-format on */

static void
row_test(void **state)
{
	const struct row *row = *state;
	struct proc_status got;

	assert_int_equal(entry_status(row->text, &got), 0);
	assert_int_equal(got.real, 1000);
	assert_int_equal(got.effective, 0);
	assert_int_equal(got.tgid, 4242);
	assert_int_equal(got.tracer, 77);
	assert_int_equal(got.seccomp, PROC_FILTERED);
	assert_int_equal(got.state, 'T');
}

/* A list of groups, and a name, may be as long as brings the end anywhere. */
static void
cut_test(void **state UNUSED)
{
	char text[] = AS("bash");
	size_t whole = (size_t)(strstr(text, "\nGid:") - text);
	struct proc_status got;

	for (size_t len = strlen(text); len-- > 0;) {
		text[len] = '\0';
		memset(&got, 'U', sizeof(got));
		if (len > whole) {
			assert_int_equal(entry_status(text, &got), 0);
			assert_int_equal(got.effective, 0);
			assert_int_equal(got.seccomp, PROC_FILTERED);
		} else if (entry_status(text, &got) == 0) {
			assert_int_equal(got.real, 1000);
			assert_int_equal(got.effective, 0);
			assert_int_equal(got.tracer, 77);
		}
	}
}

/* What is boxed, by what comes at the end of status. */
static void
boxed_test(void **state UNUSED)
{
	static const struct {
		const char *end;
		bool want;
	} ends[] = {
		{ "NoNewPrivs:\t1\nSeccomp:\t2\nSeccomp_filters:\t1\n", true },
		{ "NoNewPrivs:\t0\nSeccomp:\t2\nSeccomp_filters:\t1\n", false },
		{ "NoNewPrivs:\t1\nSeccomp:\t2\nSeccomp_filters:\t2\n", false },
		{ "NoNewPrivs:\t1\nSeccomp:\t2\nSeccomp_filters:\t11\n",
		    false },
		{ "NoNewPrivs:\t1\nSeccomp:\t2\nSeccomp_filters:\t1", false },
		{ "NoNewPrivs:\t1\nSeccomp:\t2\n", false },
		{ "Seccomp:\t2\nSeccomp_filters:\t1\n", false },
	};
	struct proc_status got;
	char text[512];

	for (size_t i = 0; i < LENGTH(ends); i++) {
		(void)snprintf(text, sizeof(text),
		    "Name:\tx\nState:\tS (sleeping)\nTgid:\t2\n"
		    "TracerPid:\t0\nUid:\t1\t1\t1\t1\n%s",
		    ends[i].end);
		assert_int_equal(entry_status(text, &got), 0);
		assert_int_equal(got.is_boxed, ends[i].want);
	}
}

/* clang-format off */
#define BEHIND " S 1 4242 4242 34817 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 " \
	"9999 1 2 18446744073709551615 1 2 140737488351231 0 0 0 0 0 65536 1 " \
	"0 0 17 0 0 0 0 0 0 1 2 3 140737488348000 140737488348001 1 2 0\n"

static const struct stat_row {
	const char *name;
	const char *text;
	int n;
	int want;
	uint64_t number;
} stat_rows[] = {
	{ "a terminal", "4242 (bash)" BEHIND, 7, 0, 34817 },
	{ "the field behind it is negative, and wraps", "4242 (bash)" BEHIND,
	    8, 0, UINT64_MAX },
	{ "a start", "4242 (bash)" BEHIND, 22, 0, 9999 },
	{ "a limit that is no limit", "4242 (bash)" BEHIND, 25, 0,
	    UINT64_MAX },
	{ "arguments", "4242 (bash)" BEHIND, 48, 0, 140737488348000 },
	{ "the last field", "4242 (bash)" BEHIND, 52, 0, 0 },
	{ "a name that looks like fields", "4242 (a) R 1 1 1 9 9)" BEHIND,
	    7, 0, 34817 },
	{ "a name of parentheses", "4242 ())))((())" BEHIND, 22, 0, 9999 },
	{ "a name with a newline", "4242 (a\n1 (b) S)" BEHIND, 22, 0, 9999 },
	{ "no name at all", "4242 ()" BEHIND, 48, 0, 140737488348000 },
	{ "a text that ends behind a number", "4242 (a) S 1 2 3 34817 ", 7, 0,
	    34817 },
	{ "within a number, what it is is not known",
	    "4242 (a) S 1 2 3 34817", 7, -EIO, UNTOUCHED },
	{ "nor before it", "4242 (a) S 1 2 3 ", 7, -EIO, UNTOUCHED },
	{ "nor long before it", "4242 (a) S 1", 48, -EIO, UNTOUCHED },
	{ "a field beyond the last", "4242 (a)" BEHIND, 53, -EIO, UNTOUCHED },
	{ "a field that is no number", "4242 (a) S 1 2 3 x 5\n", 7, -EIO,
	    UNTOUCHED },
	{ "nothing", "", 7, -EIO, UNTOUCHED },
	{ "a name that does not end", "4242 (bash", 7, -EIO, UNTOUCHED },
};
/* clang-format on */

static void
stat_row_test(void **state)
{
	const struct stat_row *row = *state;
	uint64_t number = UNTOUCHED;

	assert_int_equal(entry_stat(row->text, row->n, &number), row->want);
	assert_true(number == row->number);
}

#define N_ROWS  LENGTH(rows)
#define N_STATS LENGTH(stat_rows)

int
main(void)
{
	struct CMUnitTest tests[N_ROWS + N_STATS + 2];

	for (size_t i = 0; i < N_ROWS; i++)
		tests[i] = (struct CMUnitTest){
			.name = rows[i].name,
			.test_func = row_test,
			.initial_state = (void *)(uintptr_t)&rows[i],
		};
	for (size_t i = 0; i < N_STATS; i++)
		tests[N_ROWS + i] = (struct CMUnitTest){
			.name = stat_rows[i].name,
			.test_func = stat_row_test,
			.initial_state = (void *)(uintptr_t)&stat_rows[i],
		};
	tests[N_ROWS + N_STATS] = (struct CMUnitTest){
		.name = "a status that ends anywhere says nothing wrong",
		.test_func = cut_test,
	};
	tests[N_ROWS + N_STATS + 1] = (struct CMUnitTest){
		.name = "a sandbox is no_new_privs and one filter",
		.test_func = boxed_test,
	};
	return cmocka_run_group_tests_name("entry", tests, NULL, NULL);
}

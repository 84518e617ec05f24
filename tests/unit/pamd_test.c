#include "cli/pamd.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define OURS "pam_ours.so"
#define LINE "session required " OURS "\n"
#define NONE "auth required pam_unix.so\n"

static char own[] = "/tmp/execguard-stack.XXXXXX";
static char vendors[] = "/tmp/execguard-stack.XXXXXX";

/* What the stack of "service" is, and what it says of our line. */
static const struct row {
	const char *name; /* a sentence */
	const char *service;
	const char *other; /* a file that may be included; NULL: none */
	int error;         /* or 0 */
	size_t n, index;   /* of lines, of ours */
	size_t over;       /* the line that passes over ours; n: none */
	bool minds;
} rows[] = {
	{ "the line is found", NONE LINE, NULL, 0, 1, 0, 1, true },
	{ "a stack without it has none", "session optional pam_a.so\n", NULL, 0,
	    1, 1, 1, false },
	{ "a path is found by its end",
	    "session required /opt/x/" OURS " debug\n", NULL, 0, 1, 0, 1,
	    true },
	{ "another type of line is not ours",
	    "auth required " OURS "\nsession required pam_a.so\n", NULL, 0, 1,
	    1, 1, false },
	{ "a comment is none", "#" LINE "session required pam_a.so # " OURS,
	    NULL, 0, 1, 1, 1, false },
	{ "lines are joined", "session \\\n  required \\ \n" OURS "\n", NULL, 0,
	    1, 0, 1, true },
	{ "words are of either case", "SESSION Required " OURS "\n", NULL, 0, 1,
	    0, 1, true },
	{ "-session is a line", "-session required " OURS "\n", NULL, 0, 1, 0,
	    1, true },
	{ "@include is followed", "@include common\n", NONE LINE, 0, 1, 0, 1,
	    true },
	{ "include is followed", "session include common\n", LINE, 0, 1, 0, 1,
	    true },
	{ "include of another type is not", "auth include common\n" LINE, LINE,
	    0, 1, 0, 1, true },
	{ "substack is a line and what it has", "session substack common\n",
	    LINE, 0, 2, 1, 2, true },
	{ "a file that is not there is an error", "@include common\n", NULL,
	    -ENOENT, 0, 0, 0, false },
	{ "a file that includes itself is an error", "@include common\n",
	    "@include common\n", -EINVAL, 0, 0, 0, false },
	{ "an unknown type is an error", "sesion required " OURS "\n", NULL,
	    -EINVAL, 0, 0, 0, false },
	{ "an unknown control is an error", "session requird " OURS "\n", NULL,
	    -EINVAL, 0, 0, 0, false },
	{ "an unknown answer is an error", "session [succes=ok] " OURS "\n",
	    NULL, -EINVAL, 0, 0, 0, false },
	{ "a line without a module is an error", "session required\n", NULL,
	    -EINVAL, 0, 0, 0, false },

	{ "requisite minds", "session requisite " OURS "\n", NULL, 0, 1, 0, 1,
	    true },
	{ "optional does not", "session optional " OURS "\n", NULL, 0, 1, 0, 1,
	    false },
	{ "sufficient does not", "session sufficient " OURS "\n", NULL, 0, 1, 0,
	    1, false },
	{ "brackets like required mind",
	    "session [success=ok default=bad] " OURS "\n", NULL, 0, 1, 0, 1,
	    true },
	{ "what brackets do not name is bad", "session [success=ok] " OURS "\n",
	    NULL, 0, 1, 0, 1, true },
	{ "default=ignore does not mind",
	    "session [success=ok default=ignore] " OURS "\n", NULL, 0, 1, 0, 1,
	    false },
	{ "nor does one failure that is ignored",
	    "session [success=ok session_err=ignore default=die] " OURS "\n",
	    NULL, 0, 1, 0, 1, false },
	{ "a name before default stays",
	    "session [default=ignore session_err=bad buf_err=bad "
	    "user_unknown=bad] " OURS "\n",
	    NULL, 0, 1, 0, 1, true },
	{ "a jump does not mind", "session [success=ok default=1] " OURS "\n",
	    NULL, 0, 1, 0, 1, false },

	{ "sufficient before it passes over it",
	    "session sufficient pam_a.so\n" LINE, NULL, 0, 2, 1, 0, true },
	{ "sufficient behind it does not", LINE "session sufficient pam_a.so\n",
	    NULL, 0, 2, 0, 2, true },
	{ "sufficient in a substack ends that alone",
	    "session substack common\n" LINE, "session sufficient pam_a.so\n",
	    0, 3, 2, 3, true },
	{ "sufficient in an include ends all", "session include common\n" LINE,
	    "session sufficient pam_a.so\n", 0, 2, 1, 0, true },
	{ "a jump to it is fine",
	    "session [default=1] pam_a.so\nsession requisite "
	    "pam_deny.so\n" LINE,
	    NULL, 0, 3, 2, 3, true },
	{ "a jump over it is not",
	    "session [success=1 default=ignore] pam_succeed_if.so\n" LINE, NULL,
	    0, 2, 1, 0, true },
	{ "a jump counts a substack as one",
	    "session [success=1 default=ignore] pam_a.so\n"
	    "session substack common\n" LINE,
	    "session required pam_b.so\nsession required pam_c.so\n", 0, 5, 4,
	    5, true },
	{ "and passes over a line in it",
	    "session [success=1 default=ignore] pam_a.so\n"
	    "session substack common\n",
	    "session required pam_b.so\n" LINE, 0, 4, 3, 0, true },
	{ "a jump in a substack does not leave it",
	    "session substack common\n" LINE,
	    "session [success=5 default=ignore] pam_a.so\n", 0, 3, 2, 3, true },
};

#define N_ROWS (sizeof(rows) / sizeof(rows[0]))

static void
write_file(const char *folder, const char *name, const char *text)
{
	char path[64];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	(void)unlink(path);
	if (text == NULL)
		return;
	file = fopen(path, "we");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

/* Included files come from the vendor's folder in half of the rows. */
static void
row_test(void **state)
{
	const struct row *row = *state;
	const char *const folders[] = { own, vendors, NULL };
	SCOPED(pamd_release) struct pamd stack = { 0 };
	char why[PAMD_WHY];

	write_file(own, "service", row->service);
	write_file((row - rows) % 2 == 0 ? own : vendors, "common", row->other);
	write_file(own, "other", NULL);
	assert_int_equal(
	    pamd_read(folders, "service", &stack, why), row->error);
	if (row->error == 0) {
		size_t at = pamd_find(&stack, OURS);

		assert_int_equal(stack.n, row->n);
		assert_int_equal(at, row->index);
		if (at < stack.n) {
			assert_int_equal(
			    pamd_passes_over(&stack, at), row->over);
			assert_int_equal(pamd_minds(&stack.at[at]), row->minds);
		}
	} else {
		assert_null(stack.at);
		assert_true(strlen(why) > 0);
	}
	write_file(own, "common", NULL);
	write_file(vendors, "common", NULL);
}

static void
others_test(void **state)
{
	const char *const folders[] = { own, vendors, NULL };
	SCOPED(pamd_release) struct pamd stack = { 0 };
	char why[PAMD_WHY];

	(void)state;
	write_file(own, "service", NONE);
	write_file(vendors, "other", "\n\nsession optional " OURS " a [b c]\n");
	assert_int_equal(pamd_read(folders, "service", &stack, why), 0);
	assert_int_equal(stack.n, 1);
	assert_int_equal(stack.at[0].number, 3);
	assert_string_equal(stack.at[0].arguments[0], "a");
	assert_string_equal(stack.at[0].arguments[1], "b c");
	assert_null(stack.at[0].arguments[2]);
	assert_false(pamd_exists(folders, "nothing"));
	assert_true(pamd_exists(folders, "other"));
	write_file(vendors, "other", NULL);
}

static int
make_folders(void **state)
{
	(void)state;
	return mkdtemp(own) == NULL || mkdtemp(vendors) == NULL ? -1 : 0;
}

static int
remove_folders(void **state)
{
	(void)state;
	write_file(own, "service", NULL);
	return rmdir(own) < 0 || rmdir(vendors) < 0 ? -1 : 0;
}

int
main(void)
{
	struct CMUnitTest tests[N_ROWS + 1] = {
		[N_ROWS] = cmocka_unit_test(others_test),
	};

	for (size_t i = 0; i < N_ROWS; i++)
		tests[i] = (struct CMUnitTest){
			.name = rows[i].name,
			.test_func = row_test,
			.initial_state = (void *)(uintptr_t)&rows[i],
		};
	return cmocka_run_group_tests_name(
	    "pamd", tests, make_folders, remove_folders);
}

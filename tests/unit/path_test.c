#include "policy/path.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "common/scope.h"

/* clang-format off */
static const struct row {
	const char *name;
	const char *text;
	const char *glob; /* or the directory */
	bool is_under;    /* ask path_is_under() */
	bool want;
} rows[] = {
	{ "a directory is under itself", "/usr", "/usr", true, true },
	{ "a file is under its directory", "/usr/bin/ls", "/usr", true, true },
	{ "a directory is not a prefix of its neighbour",
	    "/usrlocal/x", "/usr", true, false },
	{ "a shorter path is not under a longer", "/us", "/usr", true, false },
	{ "everything absolute is under /", "/x", "/", true, true },
	{ "/ is under /", "/", "/", true, true },
	{ "a memfd is not under /", "memfd:x", "/", true, false },

	{ "a text matches itself", "/bin/ls", "/bin/ls", false, true },
	{ "and nothing longer", "/bin/lsx", "/bin/ls", false, false },
	{ "and nothing shorter", "/bin/l", "/bin/ls", false, false },
	{ "nothing matches nothing", "", "", false, true },
	{ "a star is nothing", "/bin/", "/bin/*", false, true },
	{ "a star is many bytes", "/bin/ls", "/bin/*", false, true },
	{ "a star stops at a slash", "/bin/a/b", "/bin/*", false, false },
	{ "two stars do not", "/bin/a/b", "/bin/**", false, true },
	{ "two stars are nothing, too", "/bin/", "/bin/**", false, true },
	{ "two stars need the slash before them",
	    "/bin", "/bin/**", false, false },
	{ "three stars are two and one", "/a/b", "/***", false, true },
	{ "two stars at the beginning", "/home/x/bin/gdb", "**/gdb",
	    false, true },
	{ "and the whole of the last name", "/home/x/xgdb", "**/gdb",
	    false, false },
	{ "stars on both sides", "/opt/v12/bin/x", "/opt/v*/bin/*",
	    false, true },
	{ "a star goes back as far as it must", "/ababac", "/*abac",
	    false, true },
	{ "a star after two stars", "/a/b/cxd/e", "/**/c*d/e", false, true },
	{ "two stars go back over a directory", "/a/x/b/a/x/c", "/**/a/*/c",
	    false, true },
	{ "a question mark is one byte", "/bin/ls", "/bin/l?", false, true },
	{ "not none", "/bin/l", "/bin/l?", false, false },
	{ "and no slash", "/bin/ls", "/bin?ls", false, false },
	{ "a set", "/bin/b", "/bin/[abc]", false, true },
	{ "not in the set", "/bin/d", "/bin/[abc]", false, false },
	{ "a range", "/bin/k", "/bin/[a-z]", false, true },
	{ "outside a range", "/bin/K", "/bin/[a-z]", false, false },
	{ "a negated set", "/bin/K", "/bin/[!a-z]", false, true },
	{ "in a negated set", "/bin/k", "/bin/[!a-z]", false, false },
	{ "a negated set is no slash", "/bin/ls", "/bin[!a]ls",
	    false, false },
	{ "a set with a slash is no slash", "/bin/ls", "/bin[/]ls",
	    false, false },
	{ "a dash at the end of a set is a dash", "/-", "/[a-]",
	    false, true },
	{ "a bracket may be first in its set", "/]", "/[]x]", false, true },
	{ "an escaped bracket in a set", "/]", "/[x\\]]", false, true },
	{ "a set without its end is nothing", "/[a", "/[a", false, false },
	{ "a set without its end, negated", "/b", "/[!a", false, false },
	{ "bytes above 127 in a range", "/\xc3\xa9", "/[\xc3][\xa0-\xaf]",
	    false, true },
	{ "a backslash takes the next byte as it is", "/*", "/\\*",
	    false, true },
	{ "and no other", "/x", "/\\*", false, false },
	{ "a backslash at the end is nothing", "/x\\", "/x\\",
	    false, false },
	{ "a newline is a byte", "/a\nb", "/a?b", false, true },
	{ "a memfd by its pattern", "memfd:runc_x", "memfd:runc*",
	    false, true },
};
/* clang-format on */

static void
row_test(void **state)
{
	const struct row *row = *state;

	if (row->is_under)
		assert_int_equal(
		    path_is_under(row->text, row->glob), row->want);
	else
		assert_int_equal(path_matches(row->text, row->glob), row->want);
}

/* As long as they may be, and full of what could be tried in many ways. */
static void
hostile_test(void **state UNUSED)
{
	static const char *const parts[] = { "**a", "*aa", "*[!b]", "**[a-z]?",
		"*?", "**", "[[[", "\\a*" };
	char text[PATH_MAX], glob[PATH_MAX] = "";
	clock_t began = clock();

	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	for (size_t i = 0; i < LENGTH(parts); i++) {
		const char *other = parts[(i + 1) % LENGTH(parts)];
		size_t n = 0;

		while (n + 20 < sizeof(glob))
			n += (size_t)sprintf(glob + n, "%s%s", parts[i], other);
		memcpy(glob + n, "b", 2);
		assert_false(path_matches(text, glob));
	}
	assert_true(clock() - began < 5 * CLOCKS_PER_SEC);
}

static void
any_test(void **state UNUSED)
{
	char one[] = "/bin/*";
	char two[] = "/opt/**";
	char *at[] = { one, two };
	struct words globs = { at, LENGTH(at) };
	struct words none = { NULL, 0 };

	assert_true(path_matches_any("/bin/ls", &globs));
	assert_true(path_matches_any("/opt/a/b", &globs));
	assert_false(path_matches_any("/usr/bin/ls", &globs));
	assert_false(path_matches_any("/bin/ls", &none));
}

int
main(void)
{
	struct CMUnitTest tests[LENGTH(rows) + 2];

	for (size_t i = 0; i < LENGTH(rows); i++)
		tests[i] = (struct CMUnitTest){
			.name = rows[i].name,
			.test_func = row_test,
			.initial_state = (void *)(uintptr_t)&rows[i],
		};
	tests[LENGTH(rows)] = (struct CMUnitTest){
		.name = "a hostile pattern costs no more than its lengths",
		.test_func = hostile_test,
	};
	tests[LENGTH(rows) + 1] = (struct CMUnitTest){
		.name = "one of many patterns is enough",
		.test_func = any_test,
	};
	return cmocka_run_group_tests_name("path", tests, NULL, NULL);
}

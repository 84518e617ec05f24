#include "common/names.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pwd.h>
#include <string.h>

static const char text[] = "root:x:0:0::/root:/bin/sh\n"
			   "alice2:x:1:1::/:/bin/sh\n"
			   "# alice:\n"
			   "alice:x:1001:1002::/home/alice:/bin/sh\n"
			   "last:x:7:8::/:/bin/sh";

static const struct row {
	const char *name; /* a sentence */
	const char *who;
	bool is_here;
	uid_t uid;
} rows[] = {
	{ "the first line is found", "root", true, 0 },
	{ "a longer name is another", "alice", true, 1001 },
	{ "a last line without an end is found", "last", true, 7 },
	{ "a name that begins like one is not there", "ali", false, 0 },
	{ "nobody is not there", "bob", false, 0 },
};

#define N_ROWS (sizeof(rows) / sizeof(rows[0]))

static void
row_test(void **state)
{
	const struct row *row = *state;
	FILE *stream = tmpfile();
	const struct passwd *user;

	assert_non_null(stream);
	assert_int_equal(fwrite(text, 1, strlen(text), stream), strlen(text));
	rewind(stream);
	assert_int_equal(names_seek(stream, row->who), row->is_here);
	if (row->is_here) {
		user = fgetpwent(stream);
		assert_non_null(user);
		assert_string_equal(user->pw_name, row->who);
		assert_int_equal(user->pw_uid, row->uid);
	}
	(void)fclose(stream);
}

int
main(void)
{
	struct CMUnitTest tests[N_ROWS];

	for (size_t i = 0; i < N_ROWS; i++)
		tests[i] = (struct CMUnitTest){
			.name = rows[i].name,
			.test_func = row_test,
			.initial_state = (void *)(uintptr_t)&rows[i],
		};
	return cmocka_run_group_tests_name("names", tests, NULL, NULL);
}

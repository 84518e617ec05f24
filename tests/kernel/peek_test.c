/*
 * peek_test.c - strings in the memory of another process.
 */
#include "guardd/kernel/peek.h"

#include <string.h>
#include <sys/mman.h>

#include "tests/kernel/asker.h"

#define PAGE   4096
#define PAGES  3 /* two that can be read, and one that cannot */
#define NOBODY 65534

/* The same address in us and in the child; then filled by the child alone. */
static char *area;

/* clang-format off */
static const struct row {
	const char *name;
	size_t at;   /* of the string, in the area */
	size_t len;  /* so many times the letter a; then NUL, if it fits */
	size_t size; /* of our buffer */
	ssize_t want;
} rows[] = {
	{ "a short string", 10, 5, 64, 5 },
	{ "an empty string", 10, 0, 64, 0 },
	{ "an empty string into one byte", 10, 0, 1, 0 },
	{ "a string that just fits", 10, 63, 64, 63 },
	{ "a string without room for its NUL", 10, 64, 64, -ENAMETOOLONG },
	{ "a string without room for itself", 10, 200, 64, -ENAMETOOLONG },
	{ "no room at all", 10, 5, 0, -ENAMETOOLONG },
	{ "a string across two pages", PAGE - 3, 50, 64, 50 },
	{ "a NUL at the beginning of the next page", PAGE - 5, 5, 64, 5 },
	{ "a NUL at the end of a page", PAGE - 6, 5, 64, 5 },
	{ "a page and more", 7, PAGE + 100, 2 * PAGE, PAGE + 100 },
	{ "too long across two pages", PAGE - 3, 64, 64, -ENAMETOOLONG },
	{ "a NUL as the last byte that can be read",
	    2 * PAGE - 6, 5, 64, 5 },
	{ "a string that runs into what cannot be read",
	    2 * PAGE - 5, 5, 64, -EFAULT },
	{ "a buffer that is full where reading ends",
	    2 * PAGE - 64, 64, 64, -ENAMETOOLONG },
	{ "an address that cannot be read", 2 * PAGE, 0, 64, -EFAULT },
};
/* clang-format on */

static void
body_fill(const void *arg)
{
	const struct row *row = arg;
	char *stop = area + 2 * PAGE;

	for (size_t i = 0; i < row->len && area + row->at + i < stop; i++)
		area[row->at + i] = 'a';
	if (area + row->at + row->len < stop)
		area[row->at + row->len] = '\0';
	(void)kill(getpid(), SIGSTOP);
}

/* The child has filled its area, and waits. */
static pid_t
start(const struct row *row)
{
	pid_t pid = asker_spawn(body_fill, row)->pid;
	int status = 0;

	assert_int_equal(waitpid(pid, &status, WUNTRACED), pid);
	assert_true(WIFSTOPPED(status));
	return pid;
}

static void
row_test(void **state)
{
	const struct row *row = *state;
	char got[2 * PAGE + 1], want[2 * PAGE];
	pid_t pid;

	asker_stage();
	pid = start(row);
	memset(got, 'z', sizeof(got));
	memset(want, 'a', sizeof(want));
	assert_int_equal(
	    peek_string(pid, (uintptr_t)area + row->at, got, row->size),
	    row->want);
	assert_int_equal(got[row->size], 'z');
	if (row->want >= 0) {
		assert_memory_equal(got, want, row->len);
		assert_int_equal(got[row->len], '\0');
	}
}

static void
nowhere_test(void **state UNUSED)
{
	char got[64];
	pid_t pid;

	asker_stage();
	pid = start(&rows[0]);
	assert_int_equal(peek_string(pid, 0, got, sizeof(got)), -EFAULT);
	assert_int_equal(
	    peek_string(pid, UINT64_MAX, got, sizeof(got)), -EFAULT);
	assert_int_equal(
	    peek_string(pid, UINT64_C(1) << 63, got, sizeof(got)), -EFAULT);
}

static void
gone_test(void **state UNUSED)
{
	char got[64];
	pid_t pid;

	asker_stage();
	pid = start(&rows[0]);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(WTERMSIG(asker_end(pid)), SIGKILL);
	assert_int_equal(
	    peek_string(pid, (uintptr_t)area, got, sizeof(got)), -ESRCH);
}

/* Who has no right to read us: exits with the error that he got. */
static void
body_peek(const void *arg)
{
	const pid_t *pid = arg;
	char got[64];

	if (setresuid(NOBODY, NOBODY, NOBODY) < 0)
		_exit(96);
	_exit((int)-peek_string(*pid, (uintptr_t)area, got, sizeof(got)));
}

static void
forbidden_test(void **state UNUSED)
{
	pid_t pid;

	asker_stage();
	pid = start(&rows[0]);
	assert_int_equal(
	    WEXITSTATUS(asker_end(asker_spawn(body_peek, &pid)->pid)), EPERM);
}

/* clang-format off */
#define CASE(sentence, function) \
	{ sentence, function, NULL, asker_clear, NULL }

static const struct CMUnitTest cases[] = {
	CASE("an address that nobody has", nowhere_test),
	CASE("a process that is gone", gone_test),
	CASE("a process that we may not read", forbidden_test),
};
/* clang-format on */

static int
map_area(void **state UNUSED)
{
	area = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return area == MAP_FAILED ||
	               mprotect(area + 2 * PAGE, PAGE, PROT_NONE) < 0
	           ? -1
	           : 0;
}

int
main(void)
{
	struct CMUnitTest tests[LENGTH(rows) + LENGTH(cases)];

	for (size_t i = 0; i < LENGTH(rows); i++)
		tests[i] = (struct CMUnitTest){
			.name = rows[i].name,
			.test_func = row_test,
			.teardown_func = asker_clear,
			.initial_state = (void *)(uintptr_t)&rows[i],
		};
	memcpy(tests + LENGTH(rows), cases, sizeof(cases));
	return cmocka_run_group_tests_name("peek", tests, map_area, NULL);
}

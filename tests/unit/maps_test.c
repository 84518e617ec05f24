/*
 * maps_test.c - lines of maps as the kernel writes them, and as it never does.
 */
#include "guardd/kernel/maps.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>

#include <cmocka.h>

#define PROGRAM "55e0c8c6c000-55e0c8c6e000 r--p 00000000 08:02 1573 "
#define LOADER                                                                 \
	"7f2a1c000000-7f2a1c001000 r-xp 00026000 103:1a 18446744073709551615 "
#define HEAP  "55e0c9000000-55e0c9021000 rw-p 00000000 00:00 0 "
#define STACK "7ffd5c2e4000-7ffd5c305000 rw-p 00000000 00:00 0 [stack]\n"
#define END   0x7ffd5c305000U

/* clang-format off */
static const struct row {
	const char *name;
	const char *text;
	size_t n;
	uint64_t stack_end;
	const char *path; /* of the last one listed */
	uint64_t start, end, ino;
	unsigned major, minor;
} rows[] = {
	{ "no line is no file", .text = "" },
	{ "a program and its stack", PROGRAM "/bin/true\n" STACK, 1, END,
	    "/bin/true", 0x55e0c8c6c000, 0x55e0c8c6e000, 1573, 8, 2 },
	{ "numbers as large as they can be", LOADER "/lib/ld.so\n", 1, 0,
	    "/lib/ld.so", 0x7f2a1c000000, 0x7f2a1c001000, UINT64_MAX,
	    0x103, 0x1a },
	{ "addresses of 32 bits", "08048000-08049000 r-xp 00000000 08:02 7"
	    "                                  /bin/a\n", 1, 0,
	    "/bin/a", 0x8048000, 0x8049000, 7, 8, 2 },
	{ "the last address that there is",
	    "ffffffffff600000-ffffffffffffffff --xp 00000000 08:02 7 /a\n",
	    1, 0, "/a", 0xffffffffff600000, UINT64_MAX, 7, 8, 2 },
	{ "memory is no file", .text = HEAP "[heap]\n" HEAP "\n" HEAP "[vdso]\n"
	    HEAP "[anon:[stack]]\n" },
	{ "a file with the inode 0 is a file",
	    "1000-2000 r--p 00000000 00:2b 0 /tmp/x\n", 1, 0,
	    "/tmp/x", 0x1000, 0x2000, 0, 0, 0x2b },
	{ "a device without a number, and a file",
	    "1000-2000 r--p 00000000 00:00 3 /tmp/x\n", 1, 0,
	    "/tmp/x", 0x1000, 0x2000, 3, 0, 0 },
	{ "a file named as the stack is", PROGRAM "[stack]\n", 1, 0,
	    "[stack]", 0x55e0c8c6c000, 0x55e0c8c6e000, 1573, 8, 2 },
	{ "a path with blanks", PROGRAM "/a b  c \n", 1, 0,
	    "/a b  c ", 0x55e0c8c6c000, 0x55e0c8c6e000, 1573, 8, 2 },
	{ "a path with an escaped newline stays on its line",
	    PROGRAM "/a\\0121000-2000 r-xp 00000000 08:02 9 /b\n" STACK,
	    1, END, "/a\\0121000-2000 r-xp 00000000 08:02 9 /b",
	    0x55e0c8c6c000, 0x55e0c8c6e000, 1573, 8, 2 },
	{ "a path that was deleted", PROGRAM "/memfd:x (deleted)\n", 1, 0,
	    "/memfd:x (deleted)", 0x55e0c8c6c000, 0x55e0c8c6e000, 1573, 8, 2 },
	{ "a file without a path", PROGRAM "\n", 1, 0,
	    "", 0x55e0c8c6c000, 0x55e0c8c6e000, 1573, 8, 2 },
	{ "a last line without its newline", STACK PROGRAM "/bin/true", 1, END,
	    "/bin/true", 0x55e0c8c6c000, 0x55e0c8c6e000, 1573, 8, 2 },
};
/* clang-format on */

static void
row_test(void **state)
{
	const struct row *row = *state;
	SCOPED(text_release) char *text = strdup(row->text);
	const struct mapping *last;
	struct maps maps;

	assert_int_equal(maps_read(text, &maps), 0);
	assert_int_equal(maps.n, row->n);
	assert_true(maps.stack_end == row->stack_end);
	if (row->n == 0)
		return;
	last = &maps.at[row->n - 1];
	assert_string_equal(last->path, row->path);
	assert_true(last->start == row->start && last->end == row->end);
	assert_true(last->ino == row->ino);
	assert_true(last->dev == makedev(row->major, row->minor));
}

/* clang-format off */
static const struct odd_row {
	const char *name;
	const char *text;
} odd_rows[] = {
	{ "a line that is none is not passed over",
	    STACK "what is this\n" PROGRAM "/bin/true\n" },
	{ "nor an empty one", STACK "\n" PROGRAM "/bin/true\n" },
	{ "a line that was cut off", PROGRAM "/bin/true\n1000-2000 r--p 0 08:0" },
	{ "an address too large", "10000000000000000-1 r--p 0 08:02 7 /a\n" },
	{ "an inode too large",
	    "1-2 r--p 0 08:02 18446744073709551616 /a\n" },
	{ "a sign", "-1-2 r--p 0 08:02 7 /a\n" },
	{ "a base prefix", "0x1-2 r--p 0 08:02 7 /a\n" },
	{ "a capital digit", "A-B r--p 0 08:02 7 /a\n" },
	{ "an inode in hexadecimal", "1-2 r--p 0 08:02 f /a\n" },
	{ "a number that is not there", "1-2 r--p 0 08: 7 /a\n" },
};
/* clang-format on */

static void
odd_row_test(void **state)
{
	const struct odd_row *row = *state;
	SCOPED(text_release) char *text = strdup(row->text);
	struct maps maps;

	assert_int_equal(maps_read(text, &maps), -EIO);
}

/* As many lines as there may be, and one more. */
static void
many_test(void **state UNUSED)
{
	char text[(MAPS_MAX + 1) * 64] = "";
	char *copy = text;
	struct maps maps;

	for (size_t i = 0; i < MAPS_MAX; i++)
		copy += sprintf(copy, "%zx-%zx r--p 0 08:02 %zu /%zu\n", i,
		    i + 1, i + 2, i);
	SCOPED(text_release) char *fits = strdup(text);

	assert_int_equal(maps_read(fits, &maps), 0);
	assert_int_equal(maps.n, MAPS_MAX);
	for (size_t i = 0; i < MAPS_MAX; i++)
		assert_int_equal(maps.at[i].ino, i + 2);
	assert_string_equal(maps.at[MAPS_MAX - 1].path, "/127");

	(void)sprintf(copy, "1-2 r--p 0 08:02 1 /x\n");
	assert_int_equal(maps_read(text, &maps), -E2BIG);
}

#define N_ROWS LENGTH(rows)
#define N_ODD  LENGTH(odd_rows)

int
main(void)
{
	struct CMUnitTest tests[N_ROWS + N_ODD + 1];

	for (size_t i = 0; i < N_ROWS; i++)
		tests[i] = (struct CMUnitTest){
			.name = rows[i].name,
			.test_func = row_test,
			.initial_state = (void *)(uintptr_t)&rows[i],
		};
	for (size_t i = 0; i < N_ODD; i++)
		tests[N_ROWS + i] = (struct CMUnitTest){
			.name = odd_rows[i].name,
			.test_func = odd_row_test,
			.initial_state = (void *)(uintptr_t)&odd_rows[i],
		};
	tests[N_ROWS + N_ODD] = (struct CMUnitTest){
		.name = "more files than the list holds are too many",
		.test_func = many_test,
	};
	return cmocka_run_group_tests_name("maps", tests, NULL, NULL);
}

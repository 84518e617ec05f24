/*
 * mapped_test.c - which files are mapped in a piece of memory: our own.
 */
#include "guardd/kernel/mapped.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "guardd/kernel/proc.h"
#include "tests/kernel/asker.h"

#define PAGE  4096
#define PAGES 4

static int proc;
static int file; /* one page, unlinked */
static uint8_t *memory;
static uint64_t at; /* the same, as a number */

/* Four pages of memory, the second and the third a file's. */
static int
set_up(void **state UNUSED)
{
	char name[] = "/tmp/mapped_test.XXXXXX";

	proc = proc_open();
	file = mkostemp(name, O_CLOEXEC);
	if (proc < 0 || file < 0 || unlink(name) < 0 ||
	    ftruncate(file, PAGE) < 0)
		return -1;
	memory = mmap(NULL, (size_t)PAGES * PAGE, PROT_READ,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	at = (uint64_t)(uintptr_t)memory;
	return mmap(memory + PAGE, PAGE, PROT_READ, MAP_PRIVATE | MAP_FIXED,
		   file, 0) == MAP_FAILED ||
	               mmap(memory + (size_t)2 * PAGE, PAGE, PROT_READ,
			   MAP_SHARED | MAP_FIXED, file, 0) == MAP_FAILED
	           ? -1
	           : 0;
}

static void
expect_file(int maps)
{
	struct loader found;
	struct stat want, got;

	assert_int_equal(
	    mapped_next(maps, at, at + (uint64_t)PAGES * PAGE, &found), 1);
	assert_true(found.start == at + PAGE && found.end == at + 2 * PAGE);
	assert_int_equal(
	    mapped_next(maps, found.end, found.end + 1, &found), 1);
	assert_true(found.end == at + 3 * PAGE);
	assert_non_null(strstr(found.path, "/mapped_test."));
	assert_false(mapped_is_anonymous(&found));
	assert_int_equal(fstat(file, &want), 0);
	assert_int_equal(found.ino, want.st_ino);

	SCOPED(fd_release) int fd = image_open_loader(proc, getpid(), &found);

	assert_int_equal(fstat(fd, &got), 0);
	assert_true(got.st_dev == want.st_dev && got.st_ino == want.st_ino);
}

static void
expect_nothing(int maps)
{
	struct loader found;

	assert_int_equal(mapped_next(maps, at, at + PAGE, &found), 0);
	assert_int_equal(
	    mapped_next(maps, at + 3 * PAGE, at + 4 * PAGE, &found), 0);
	assert_int_equal(
	    mapped_next(maps, UINT64_MAX - PAGE, UINT64_MAX, &found), 0);
}

static void
query_test(void **state UNUSED)
{
	SCOPED(fd_release) int maps = mapped_open(proc, getpid());

	asker_stage();
	assert_true(maps >= 0);
	expect_file(maps);
	expect_nothing(maps);
}

/* A copy of maps is nothing that could be asked: as on an older kernel. */
static void
text_test(void **state UNUSED)
{
	SCOPED(fd_release) int maps = mapped_open(proc, getpid());
	SCOPED(fd_release) int copy = memfd_create("maps", MFD_CLOEXEC);
	char bytes[PAGE];
	ssize_t n;

	asker_stage();
	while ((n = read(maps, bytes, sizeof(bytes))) > 0)
		assert_int_equal(write(copy, bytes, (size_t)n), n);
	expect_file(copy);
	expect_nothing(copy);
}

static void
anonymous_test(void **state UNUSED)
{
	SCOPED(fd_release) int maps = mapped_open(proc, getpid());
	SCOPED(fd_release) int memfd = memfd_create("zero", MFD_CLOEXEC);
	uint64_t place;
	struct loader found;
	void *some = mmap(
	    NULL, PAGE, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	asker_stage();
	place = (uint64_t)(uintptr_t)some;
	assert_int_equal(mapped_next(maps, place, place + 1, &found), 1);
	assert_true(mapped_is_anonymous(&found));
	assert_int_equal(ftruncate(memfd, PAGE), 0);
	assert_ptr_equal(
	    mmap(some, PAGE, PROT_READ, MAP_SHARED | MAP_FIXED, memfd, 0),
	    some);
	assert_int_equal(mapped_next(maps, place, place + 1, &found), 1);
	assert_false(mapped_is_anonymous(&found));
	/* A user's file may be called so. */
	(void)strcpy(found.path, "/dev/zero (deleted)");
	found.dev++;
	assert_false(mapped_is_anonymous(&found));
	(void)munmap(some, PAGE);
}

/* clang-format off */
#define CASE(sentence, function) \
	{ sentence, function, NULL, asker_clear, NULL }

static const struct CMUnitTest tests[] = {
	CASE("the files of a range are found, and nothing beside it",
	    query_test),
	CASE("by the text of maps as well", text_test),
	CASE("shared anonymous memory is told from a memfd", anonymous_test),
};
/* clang-format on */

int
main(void)
{
	return cmocka_run_group_tests_name("mapped", tests, set_up, NULL);
}

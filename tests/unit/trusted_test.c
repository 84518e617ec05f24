#include "common/trusted.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "common/io.h"

#define MAX 64

static char scratch[] = "/tmp/execguard-trusted-XXXXXX";

/* What stands in the folder for one row; NULL ends the list. */
struct thing {
	const char *name;
	mode_t mode;      /* with S_IFDIR or S_IFIFO for those */
	const char *text; /* of a file; of a link, where it leads ("-> x") */
};

/* clang-format off */
static const struct row {
	const char *name;
	struct thing things[5];
	mode_t folder;    /* its mode */
	const char *path; /* below the folder; "": the folder itself */
	int want;
	const char *texts; /* of all files, in order; or what why has */
} rows[] = {
	{ "the files of a folder in the order of their names",
	    { { "b.conf", 0644, "two " }, { "a.conf", 0600, "one " } },
	    0755, "", 0, "one two " },
	{ "an empty folder is an empty list", { { 0 } }, 0755, "", 0, "" },
	{ "other names, hidden files and backups are passed over",
	    { { "a.conf", 0644, "one" }, { ".b.conf", 0644, "two" },
		{ "a.conf~", 0666, "three" }, { "conf", 0644, "four" } },
	    0755, "", 0, "one" },
	{ "a file by itself, whatever its name",
	    { { "draft", 0644, "text" } }, 0777, "draft", 0, "text" },
	{ "a slash behind a folder", { { "a.conf", 0644, "one" } },
	    0755, "/", 0, "one" },
	{ "a folder that its group may write",
	    { { "a.conf", 0644, "one" } }, 0775, "", -EPERM, "mode 0775" },
	{ "a folder that everybody may write", { { 0 } },
	    01777, "", -EPERM, "mode 01777" },
	{ "a file that its group may write",
	    { { "a.conf", 0664, "one" } }, 0755, "", -EPERM, "a.conf may" },
	{ "a file that others may write",
	    { { "a.conf", 0646, "one" } }, 0755, "", -EPERM, "a.conf may" },
	{ "one bad file spoils the folder",
	    { { "a.conf", 0644, "one" }, { "b.conf", 0666, "two" } },
	    0755, "", -EPERM, "b.conf may" },
	{ "a symbolic link in the folder",
	    { { "x", 0644, "one" }, { "a.conf", 0, "-> x" } },
	    0755, "", -ELOOP, "a.conf is a symbolic link" },
	{ "a symbolic link by itself",
	    { { "x", 0644, "one" }, { "y", 0, "-> x" } },
	    0755, "y", -ELOOP, "y is a symbolic link" },
	{ "a symbolic link to a folder, with a slash behind it",
	    { { "x", S_IFDIR | 0755, NULL }, { "y", 0, "-> x" } },
	    0755, "y/", -ELOOP, "y is a symbolic link" },
	{ "a FIFO is not waited for",
	    { { "a.conf", S_IFIFO | 0644, NULL } },
	    0755, "", -EINVAL, "a.conf is not a regular file" },
	{ "a FIFO by itself", { { "x", S_IFIFO | 0644, NULL } },
	    0755, "x", -EINVAL, "x is neither" },
	{ "a folder with the name of a file",
	    { { "a.conf", S_IFDIR | 0755, NULL } },
	    0755, "", -EINVAL, "a.conf is not a regular file" },
	{ "a file of just the length that is allowed",
	    { { "a.conf", 0644, "0123456789012345678901234567890"
		"123456789012345678901234567890123" } }, 0755, "", 0,
	    "0123456789012345678901234567890"
	    "123456789012345678901234567890123" },
	{ "a file that is too long",
	    { { "a.conf", 0644, "0123456789012345678901234567890"
		"1234567890123456789012345678901234" } }, 0755, "", -EFBIG,
	    "a.conf is longer than 64 bytes" },
	{ "nothing there", { { 0 } }, 0755, "x", -ENOENT,
	    "No such file or directory" },
};
/* clang-format on */

static void
put(int dir, const struct thing *thing)
{
	SCOPED(fd_release) int fd = -1;

	if (thing->text != NULL && strncmp(thing->text, "-> ", 3) == 0) {
		assert_int_equal(
		    symlinkat(thing->text + 3, dir, thing->name), 0);
		return;
	}
	if (S_ISDIR(thing->mode)) {
		assert_int_equal(mkdirat(dir, thing->name, 0755), 0);
		return;
	}
	if (S_ISFIFO(thing->mode)) {
		assert_int_equal(mkfifoat(dir, thing->name, 0600), 0);
	} else {
		fd = openat(dir, thing->name,
		    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		assert_true(fd >= 0);
		assert_int_equal(
		    io_write_all(fd, thing->text, strlen(thing->text)), 0);
	}
	assert_int_equal(fchmodat(dir, thing->name, thing->mode & 07777, 0), 0);
}

static void
take_away(int dir, const struct thing *thing)
{
	int flags = S_ISDIR(thing->mode) ? AT_REMOVEDIR : 0;

	assert_int_equal(unlinkat(dir, thing->name, flags), 0);
}

static void
check_texts(const struct row *row, const struct trusted_files *files)
{
	char all[4 * MAX] = "";

	for (size_t i = 0; i < files->n; i++) {
		assert_int_equal(strlen(files->at[i].text), files->at[i].len);
		assert_true(strlen(all) + files->at[i].len < sizeof(all));
		strcat(all, files->at[i].text);
		assert_non_null(strstr(files->at[i].path, scratch));
		assert_null(strstr(files->at[i].path, "//"));
	}
	assert_string_equal(all, row->texts);
}

static void
row_test(void **state)
{
	const struct row *row = *state;
	SCOPED(trusted_files_release) struct trusted_files files = { 0 };
	SCOPED(fd_release) int dir = -1;
	SCOPED(text_release) char *path = NULL;
	char why[TRUSTED_WHY];
	int r;

	dir = open(scratch, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(dir >= 0);
	assert_int_equal(fchmod(dir, 0700), 0);
	for (const struct thing *t = row->things; t->name != NULL; t++)
		put(dir, t);
	assert_int_equal(fchmod(dir, row->folder), 0);
	assert_true(asprintf(&path, "%s/%s", scratch, row->path) > 0);

	r = trusted_read(path, geteuid(), MAX, &files, why);

	for (const struct thing *t = row->things; t->name != NULL; t++)
		take_away(dir, t);
	assert_int_equal(r, row->want);
	if (r == 0) {
		assert_string_equal(why, "");
		check_texts(row, &files);
	} else {
		assert_non_null(strstr(why, row->texts));
		assert_non_null(strstr(why, scratch));
		assert_int_equal(files.n, 0);
	}
}

/* Eight files of the largest size, and one byte more. */
static void
total_test(void **state UNUSED)
{
	SCOPED(trusted_files_release) struct trusted_files files = { 0 };
	SCOPED(fd_release) int dir = -1;
	char names[9][8];
	char text[MAX + 1];
	char why[TRUSTED_WHY];
	int r;

	memset(text, 'x', MAX);
	text[MAX] = '\0';
	dir = open(scratch, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(dir >= 0);
	assert_int_equal(fchmod(dir, 0755), 0);
	for (int i = 0; i < 9; i++) {
		struct thing t = { names[i], 0644, i < 8 ? text : "y" };

		(void)snprintf(names[i], sizeof(names[i]), "%d.conf", i);
		put(dir, &t);
	}
	r = trusted_read(scratch, geteuid(), MAX, &files, why);
	for (int i = 0; i < 9; i++)
		assert_int_equal(unlinkat(dir, names[i], 0), 0);
	assert_int_equal(r, -EFBIG);
	assert_non_null(strstr(why, "512 bytes in all"));
}

/* A file of this user, who is trusted only when he is `also'. */
static void
owner_test(void **state UNUSED)
{
	SCOPED(fd_release) int dir = -1;
	SCOPED(fd_release) int fd = -1;
	SCOPED(text_release) char *path = NULL;
	const struct thing thing = { "file", 0644, "text" };
	const uid_t other = 4711;
	char why[TRUSTED_WHY];
	int as_root, as_other;

	dir = open(scratch, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(dir >= 0);
	assert_int_equal(fchmod(dir, 0700), 0);
	put(dir, &thing);
	if (geteuid() == 0)
		assert_int_equal(fchownat(dir, "file", other, 0, 0), 0);
	assert_true(asprintf(&path, "%s/file", scratch) > 0);

	as_root = trusted_open(path, TRUSTED_NOBODY, why);
	as_other = trusted_open(path, geteuid() == 0 ? other : geteuid(), why);
	fd = as_other;
	take_away(dir, &thing);
	assert_int_equal(as_root, -EPERM);
	assert_true(as_other >= 0);
	assert_true((fcntl(as_other, F_GETFD) & FD_CLOEXEC) != 0);
}

static void
system_test(void **state UNUSED)
{
	char why[TRUSTED_WHY];
	int fd = trusted_open("/etc/passwd", TRUSTED_NOBODY, why);

	assert_true(fd >= 0);
	assert_int_equal(close(fd), 0);
	assert_int_equal(trusted_open("/etc", TRUSTED_NOBODY, why), -EINVAL);
	assert_int_equal(
	    trusted_open("/dev/null", TRUSTED_NOBODY, why), -EPERM);
}

static int
make_scratch(void **state UNUSED)
{
	return mkdtemp(scratch) != NULL ? 0 : -1;
}

static int
remove_scratch(void **state UNUSED)
{
	return rmdir(scratch);
}

int
main(void)
{
	struct CMUnitTest tests[LENGTH(rows) + 3];
	size_t n = 0;

	for (size_t i = 0; i < LENGTH(rows); i++)
		tests[n++] = (struct CMUnitTest){
			.name = rows[i].name,
			.test_func = row_test,
			.initial_state = (void *)(uintptr_t)&rows[i],
		};
	tests[n++] = (struct CMUnitTest){
		.name = "a folder that is too long in all",
		.test_func = total_test,
	};
	tests[n++] = (struct CMUnitTest){
		.name = "a foreign owner is refused unless he is named",
		.test_func = owner_test,
	};
	tests[n++] = (struct CMUnitTest){
		.name = "root's own files are trusted, if they are files",
		.test_func = system_test,
	};
	return cmocka_run_group_tests_name(
	    "trusted", tests, make_scratch, remove_scratch);
}

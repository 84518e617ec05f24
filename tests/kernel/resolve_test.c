/*
 * resolve_test.c - what another process means by a path.
 */
#include "guardd/kernel/resolve.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "guardd/kernel/proc.h"
#include "tests/kernel/turn.h"

#define FILE_FD   32 /* the asker's cage/bin/prog, */
#define BIN_FD    33 /* cage/bin, */
#define TOP_FD    34 /* and the folder */
#define CLOSED_FD 39

static struct viewpoint view;
static char folder[] = "/tmp/execguard-resolve-XXXXXX";

/*
 * In a path @ is the folder and # the number of the asker:
 *
 *	@/outside
 *	@/cage/bin/prog          the free asker works in cage,
 *	@/cage/bin/sub/          the caged one in /bin, with cage for its root
 *	@/cage/{link,abs,...}    symbolic links, see below
 */
static const char *const links[][2] = {
	{ "bin/prog", "cage/link" },
	{ "/bin/prog", "cage/abs" }, /* leads somewhere in the cage alone */
	{ "/proc/self/exe", "cage/self" },
	{ "/dev/fd/32", "cage/fd" },
	{ "/proc/self/root", "cage/root" },
};

enum error {
	NONE = 0,
	SOME = 1, /* any, as the header leaves it open */
};

#define PROG "@/cage/bin/prog"

/* clang-format off */
struct row {
	const char *name;
	const char *path;
	const char *want; /* which file; NULL: none */
	int error;        /* positive: SOME */
	int flags;
	int dirfd;        /* 0: AT_FDCWD */
};

static const struct row free_rows[] = {
	{ "an absolute path", PROG, .want = PROG },
	{ "an absolute path through a link", "@/cage/link", .want = PROG },
	{ "a relative path", "bin/prog", .want = PROG },
	{ "a relative path through a link", "link", .want = PROG },
	{ "a relative path upwards", "../outside", .want = "@/outside" },
	{ "a path below a descriptor", "prog", .want = PROG, .dirfd = BIN_FD },
	{ "a path upwards from a descriptor", "../bin/prog", .want = PROG,
	    .dirfd = BIN_FD },
	{ "an absolute path whatever the descriptor", PROG, .want = PROG,
	    .dirfd = CLOSED_FD },
	{ "the descriptor itself", "", .want = PROG, .flags = AT_EMPTY_PATH,
	    .dirfd = FILE_FD },
	{ "the working directory itself", "", .want = "@/cage",
	    .flags = AT_EMPTY_PATH },
	{ "an empty path is no path", "", .error = -ENOENT, .dirfd = FILE_FD },
	{ "a path below a file", "x", .error = -ENOTDIR, .dirfd = FILE_FD },
	{ "a path below a descriptor that is closed", "prog", .error = SOME,
	    .dirfd = CLOSED_FD },
	{ "a descriptor that cannot be", "prog", .error = -EBADF, .dirfd = -5 },
	{ "/proc/self/exe is the asker's", "/proc/self/exe",
	    .want = "/bin/cat" },
	{ "/proc/thread-self/exe is the asker's", "/proc/thread-self/exe",
	    .want = "/bin/cat" },
	{ "/proc/self/cwd is the asker's", "/proc/self/cwd/bin/prog",
	    .want = PROG },
	{ "/proc/self/root is the asker's", "/proc/self/root" PROG,
	    .want = PROG },
	{ "/proc/self/fd is the asker's", "/proc/self/fd/32", .want = PROG },
	{ "/dev/fd is the asker's", "/dev/fd/32", .want = PROG },
	{ "/dev/fd and a path below", "/dev/fd/33/prog", .want = PROG },
	{ "/dev/stdin is the asker's", "/dev/stdin", .want = "/proc/#/fd/0" },
	{ "the exe of a number", "/proc/#/exe", .want = "/bin/cat" },
	{ "the root of a number", "/proc/#/root@/outside",
	    .want = "@/outside" },
	{ "the descriptor of a number", "/proc/#/fd/33/sub/../prog",
	    .want = PROG },
	{ "a closed descriptor in /dev/fd", "/dev/fd/39", .error = -ENOENT },
	{ "a link to /proc/self/exe is not followed as the guard",
	    "self", .error = -ELOOP },
	{ "nor is it by an absolute path", "@/cage/self", .error = -ELOOP },
	{ "a link to a descriptor is not followed as the guard",
	    "fd", .error = SOME },
	{ "a link to a root is not followed as the guard",
	    "root@/outside", .error = -ELOOP },
	{ "no odd spelling leads through the guard's own links",
	    "//proc/self/exe", .error = -ELOOP },
	{ "nor one with dots", "/proc/self/../self/exe", .error = -ELOOP },
	{ "nor one through a task", "/proc/self/task/#/exe", .error = SOME },
	{ "nor one upwards from here", "../../../../../proc/self/exe",
	    .error = -ELOOP },
	{ "a link itself", "link", .want = "@/cage/link",
	    .flags = AT_SYMLINK_NOFOLLOW },
	{ "a magic link itself is refused", "/proc/self/exe", .error = -ELOOP,
	    .flags = AT_SYMLINK_NOFOLLOW },
	{ "a missing file", "@/nothing", .error = -ENOENT },
	{ "a missing file here", "nothing", .error = -ENOENT },
	{ "a file for a directory", "bin/prog/x", .error = -ENOTDIR },
	{ "a link that leads nowhere", "abs", .error = -ENOENT },
};

static const struct row caged_rows[] = {
	{ "caged: an absolute path", "/bin/prog", .want = PROG },
	{ "caged: upwards from the root is the root",
	    "/../../../bin/prog", .want = PROG },
	{ "caged: an absolute path through a link", "/link", .want = PROG },
	{ "caged: an absolute link starts at the cage", "/abs", .want = PROG },
	{ "caged: nothing of outside", "@/outside", .error = -ENOENT },
	{ "caged: nothing of outside by going up", "/../outside",
	    .error = -ENOENT },
	{ "caged: there is no /proc", "/proc/self/exe", .error = -ENOENT },
	{ "caged: a relative path", "prog", .want = PROG },
	{ "caged: a relative path with a dot", ".//./prog", .want = PROG },
	{ "caged: a relative path upwards", "../bin/prog", .want = PROG },
	{ "caged: a relative path does not climb out",
	    "../../..//../bin/prog", .want = PROG },
	{ "caged: a relative path climbs to nothing outside",
	    "../../outside", .error = -ENOENT },
	{ "caged: down and further up is left to the kernel",
	    "sub/../../bin/prog", .error = SOME },
	{ "caged: a link on a relative path is left to the kernel",
	    "../link", .error = -ELOOP },
	{ "caged: an absolute one, too", "../abs", .error = -ELOOP },
	{ "caged: a descriptor itself", "",
	    .want = PROG, .flags = AT_EMPTY_PATH,
	    .dirfd = FILE_FD },
	{ "caged: a path below a descriptor", "prog", .want = PROG,
	    .dirfd = BIN_FD },
	{ "caged: below a descriptor it does not climb out",
	    "../../outside", .error = -ENOENT, .dirfd = BIN_FD },
	{ "caged: a descriptor from before leads outside", "outside",
	    .want = "@/outside", .dirfd = TOP_FD },
	{ "caged: a missing file", "nothing", .error = -ENOENT },
};
/* clang-format on */

/* What of a and number in path is meant: see above. */
static void
expand(const char *path, pid_t pid, char out[PATH_MAX])
{
	size_t n = 0;

	for (; *path != '\0'; path++) {
		if (*path == '@')
			n += (size_t)snprintf(
			    out + n, PATH_MAX - n, "%s", folder);
		else if (*path == '#')
			n += (size_t)snprintf(
			    out + n, PATH_MAX - n, "%d", (int)pid);
		else
			out[n++] = *path;
	}
	out[n] = '\0';
}

static int
open_at(const char *name, int as)
{
	int fd = open(name, O_PATH);
	int r = dup2(fd, as);

	(void)close(fd);
	return r;
}

struct plan {
	struct turn turn;
	bool is_caged;
};

static void
take_place(const struct plan *plan)
{
	turn_take(&plan->turn);
	if (chdir(folder) < 0 || open_at("cage/bin/prog", FILE_FD) < 0 ||
	    open_at("cage/bin", BIN_FD) < 0 || open_at(".", TOP_FD) < 0 ||
	    chdir("cage") < 0)
		_exit(90);
	(void)close(CLOSED_FD);
}

/* Free, it is another program than the guard; caged, there is none to be. */
static void
body_place(const void *arg)
{
	const struct plan *plan = arg;

	take_place(plan);
	if (plan->is_caged) {
		if (chroot(".") < 0 || chdir("/bin") < 0 ||
		    write(TURN_OUT, "x", 1) != 1)
			_exit(91);
		turn_await();
		_exit(0);
	}
	(void)dup2(TURN_IN, STDIN_FILENO);
	(void)dup2(TURN_OUT, STDOUT_FILENO);
	(void)execl("/bin/cat", "cat", NULL);
}

static pid_t
start(struct plan *plan)
{
	pid_t pid;
	char byte;

	turn_open(&plan->turn);
	pid = asker_spawn(body_place, plan)->pid;
	/* A cat that answers is a cat. */
	if (!plan->is_caged)
		turn_go(&plan->turn);
	assert_int_equal(read(plan->turn.from_body[0], &byte, 1), 1);
	return pid;
}

static void
plan_release(struct plan *plan)
{
	turn_release(&plan->turn);
}

static bool
is_of(const struct row *row, const struct row *rows, size_t n)
{
	return row >= rows && row < rows + n;
}

static void
row_test(void **state)
{
	const struct row *row = *state;
	SCOPED(plan_release)
	struct plan plan = {
		.is_caged = is_of(row, caged_rows, LENGTH(caged_rows)),
	};
	char path[PATH_MAX], want[PATH_MAX];
	struct stat got, wanted;
	pid_t pid;

	asker_stage();
	pid = start(&plan);
	expand(row->path, pid, path);

	SCOPED(fd_release)
	int fd = resolve_as(&view, pid, row->dirfd == 0 ? AT_FDCWD : row->dirfd,
	    path, row->flags);

	if (row->want == NULL) {
		assert_true(fd < 0);
		if (row->error < 0)
			assert_int_equal(fd, row->error);
		return;
	}
	assert_true(fd >= 0);
	assert_true(fcntl(fd, F_GETFL) & O_PATH);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	assert_int_equal(fstat(fd, &got), 0);
	expand(row->want, pid, want);
	assert_int_equal(fstatat(AT_FDCWD, want, &wanted, row->flags), 0);
	assert_int_equal(got.st_ino, wanted.st_ino);
	assert_int_equal(got.st_dev, wanted.st_dev);
}

static void
gone_test(void **state UNUSED)
{
	SCOPED(plan_release) struct plan plan = { 0 };
	pid_t pid;

	asker_stage();
	pid = start(&plan);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(WTERMSIG(asker_end(pid)), SIGKILL);
	assert_true(resolve_as(&view, pid, AT_FDCWD, "bin/prog", 0) < 0);
	assert_true(resolve_as(&view, pid, AT_FDCWD, "/bin/cat", 0) < 0);
}

static int
make_folder(void **state UNUSED)
{
	int proc = proc_open();
	int fd;

	if (proc < 0 || resolve_viewpoint(proc, &view) < 0 ||
	    mkdtemp(folder) == NULL || chdir(folder) < 0 ||
	    mkdir("cage", 0755) < 0 || mkdir("cage/bin", 0755) < 0 ||
	    mkdir("cage/bin/sub", 0755) < 0)
		return -1;
	for (size_t i = 0; i < LENGTH(links); i++)
		if (symlink(links[i][0], links[i][1]) < 0)
			return -1;
	fd = open("cage/bin/prog", O_WRONLY | O_CREAT | O_CLOEXEC, 0755);
	(void)close(fd);
	fd = open("outside", O_WRONLY | O_CREAT | O_CLOEXEC, 0755);
	(void)close(fd);
	return chdir("/");
}

static int
remove_folder(void **state UNUSED)
{
	if (chdir(folder) < 0)
		return -1;
	for (size_t i = 0; i < LENGTH(links); i++)
		(void)unlink(links[i][1]);
	(void)unlink("cage/bin/prog");
	(void)unlink("outside");
	(void)rmdir("cage/bin/sub");
	(void)rmdir("cage/bin");
	(void)rmdir("cage");
	return rmdir(folder);
}

static void
add_rows(struct CMUnitTest *tests, const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		tests[i] = (struct CMUnitTest){
			.name = rows[i].name,
			.test_func = row_test,
			.teardown_func = asker_clear,
			.initial_state = (void *)(uintptr_t)&rows[i],
		};
}

int
main(void)
{
	struct CMUnitTest tests[LENGTH(free_rows) + LENGTH(caged_rows) + 1] = {
		0
	};
	const size_t n = LENGTH(tests);

	add_rows(tests, free_rows, LENGTH(free_rows));
	add_rows(tests + LENGTH(free_rows), caged_rows, LENGTH(caged_rows));
	tests[n - 1] = (struct CMUnitTest){
		.name = "who is gone means nothing",
		.test_func = gone_test,
		.teardown_func = asker_clear,
	};
	return cmocka_run_group_tests_name(
	    "resolve", tests, make_folder, remove_folder);
}

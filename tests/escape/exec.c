/*
 * exec - run a file by a name, or by no name at all.  Rows S2 and S3.
 *
 * usage: ESCAPE_MARK=FILE exec WAY FORBIDDEN
 *
 *	path		execve(FORBIDDEN)
 *	empty		execveat with AT_EMPTY_PATH
 *	fexecve		fexecve(3)
 *	procfd		/proc/self/fd/N
 *	devfd		/dev/fd/N
 *	thread		/proc/thread-self/fd/N
 *	otherfd		/proc/PID/fd/N, of another process
 *	root		/proc/PID/root/FORBIDDEN, of another process
 *	cwd		/proc/PID/cwd/NAME, of another process
 *	symlink		a symbolic link to the file
 *	memfd		a copy in a memfd
 *	sealed		the same, sealed against changes
 *	tmpfile		a copy in an O_TMPFILE beside FORBIDDEN
 *	unlinked	a copy beside FORBIDDEN that was unlinked
 *	shm		a copy in /dev/shm
 */
#include <fcntl.h>
#include <limits.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "attack.h"

static char *const words[] = { (char *)"forbidden", NULL };
static int opened;  /* FORBIDDEN, in all our processes */
static pid_t other; /* stands still, in the folder of FORBIDDEN */
static char folder[PATH_MAX];
static char shm_name[64];

static void
run(const char *path)
{
	(void)execve(path, words, environ);
}

static void
run_fd(int fd)
{
	(void)syscall(SYS_execveat, fd, "", words, environ, AT_EMPTY_PATH);
}

static void
run_numbered(const char *before, int number, const char *rest)
{
	char name[PATH_MAX + 64];

	(void)snprintf(name, sizeof(name), "%s%d%s", before, number, rest);
	run(name);
}

static void
copy_to(int to)
{
	char chunk[65536];
	ssize_t n;

	while ((n = read(opened, chunk, sizeof(chunk))) > 0)
		if (write(to, chunk, (size_t)n) != n)
			exec_failed();
	(void)fchmod(to, 0755);
}

/* The kernel runs nothing that is open for writing: open it again. */
static int
reopen(int fd)
{
	char name[64];
	int again;

	(void)snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	again = open(name, O_RDONLY);
	(void)close(fd);
	return again;
}

/* A copy under a new name. */
static int
copy_as(const char *name)
{
	int fd = open(name, O_RDWR | O_CREAT | O_EXCL, 0700);

	copy_to(fd);
	return reopen(fd);
}

static void
way_path(const char *path)
{
	run(path);
}

static void
way_empty(const char *path __attribute__((unused)))
{
	run_fd(opened);
}

static void
way_fexecve(const char *path __attribute__((unused)))
{
	(void)fexecve(opened, words, environ);
}

static void
way_procfd(const char *path __attribute__((unused)))
{
	run_numbered("/proc/self/fd/", opened, "");
}

static void
way_devfd(const char *path __attribute__((unused)))
{
	run_numbered("/dev/fd/", opened, "");
}

static void
way_thread(const char *path __attribute__((unused)))
{
	run_numbered("/proc/thread-self/fd/", opened, "");
}

static void
way_otherfd(const char *path __attribute__((unused)))
{
	char rest[32];

	(void)snprintf(rest, sizeof(rest), "/fd/%d", opened);
	run_numbered("/proc/", other, rest);
}

static void
way_root(const char *path)
{
	char rest[PATH_MAX];

	(void)snprintf(rest, sizeof(rest), "/root%s", path);
	run_numbered("/proc/", other, rest);
}

static void
way_cwd(const char *path)
{
	char rest[PATH_MAX];

	(void)snprintf(rest, sizeof(rest), "/cwd%s", strrchr(path, '/'));
	run_numbered("/proc/", other, rest);
}

static void
way_symlink(const char *path)
{
	(void)unlink("link-to-it");
	if (symlink(path, "link-to-it") == 0)
		run("link-to-it");
}

static void
way_memfd(const char *path __attribute__((unused)))
{
	int fd = memfd_create("forbidden", 0);

	copy_to(fd);
	run_fd(reopen(fd));
}

static void
way_sealed(const char *path __attribute__((unused)))
{
	int fd = memfd_create("forbidden", MFD_ALLOW_SEALING);

	copy_to(fd);
	if (fcntl(fd, F_ADD_SEALS,
		F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) == 0)
		run_fd(fd);
}

static void
way_tmpfile(const char *path __attribute__((unused)))
{
	int fd = open(folder, O_TMPFILE | O_RDWR, 0700);

	copy_to(fd);
	run_fd(reopen(fd));
}

static void
way_unlinked(const char *path __attribute__((unused)))
{
	int fd = copy_as("unlinked");

	(void)unlink("unlinked");
	run_fd(fd);
}

static void
way_shm(const char *path __attribute__((unused)))
{
	(void)close(copy_as(shm_name));
	run(shm_name);
}

static const struct way {
	const char *name;
	void (*run)(const char *path);
} ways[] = {
	{ "path", way_path },
	{ "empty", way_empty },
	{ "fexecve", way_fexecve },
	{ "procfd", way_procfd },
	{ "devfd", way_devfd },
	{ "thread", way_thread },
	{ "otherfd", way_otherfd },
	{ "root", way_root },
	{ "cwd", way_cwd },
	{ "symlink", way_symlink },
	{ "memfd", way_memfd },
	{ "sealed", way_sealed },
	{ "tmpfile", way_tmpfile },
	{ "unlinked", way_unlinked },
	{ "shm", way_shm },
};

static void
try_way(char **argv)
{
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		if (strcmp(ways[i].name, argv[1]) == 0)
			ways[i].run(argv[2]);
}

int
main(int argc, char **argv)
{
	int result;

	if (argc != 3 || argv[2][0] != '/') {
		fputs("usage: exec WAY FORBIDDEN\n", stderr);
		return ATTACK_UNTRIED;
	}
	(void)snprintf(folder, sizeof(folder), "%.*s/",
	    (int)(strrchr(argv[2], '/') - argv[2]), argv[2]);
	(void)snprintf(
	    shm_name, sizeof(shm_name), "/dev/shm/exec.%d", (int)getpid());
	opened = open(argv[2], O_RDONLY);
	if (opened < 0 || chdir(folder) < 0) {
		perror(argv[2]);
		return ATTACK_UNTRIED;
	}
	other = fork();
	if (other == 0)
		for (;;)
			(void)pause();

	result = attack(try_way, argv);
	(void)kill(other, SIGKILL);
	(void)waitpid(other, NULL, 0);
	(void)unlink(shm_name);
	(void)unlink("link-to-it");
	return result;
}

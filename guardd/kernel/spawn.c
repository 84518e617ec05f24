#include "guardd/kernel/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>

#include "common/trusted.h"

int
spawn_open(int proc, const char *name, uid_t also)
{
	char path[PATH_MAX], why[TRUSTED_WHY];
	ssize_t n = readlinkat(proc, "self/exe", path, sizeof(path) - 1);
	char *slash;
	size_t room;

	if (n < 0)
		return -errno;
	path[n] = '\0';
	slash = strrchr(path, '/');
	if (slash == NULL)
		return -ENOENT;
	room = sizeof(path) - (size_t)(slash + 1 - path);
	if (snprintf(slash + 1, room, "%s", name) >= (int)room)
		return -ENAMETOOLONG;
	return trusted_open(path, also, why);
}

static int
become_nobody(void)
{
	const gid_t nobody = SPAWN_NOBODY;

	if (setgroups(0, NULL) == 0 && setresgid(nobody, nobody, nobody) == 0 &&
	    setresuid(nobody, nobody, nobody) == 0)
		return 0;
	/* A user's own guard: exec takes any capability from him. */
	return geteuid() == 0 ? -EPERM : 0;
}

/* In the child: of the guard's memory the program sees nothing. */
static void
become_program(int program, int sock)
{
	char name[] = "inspector";
	char *const argv[] = { name, NULL };
	char *const no_environment[] = { NULL };
	sigset_t none;

	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	/* Out of the way of the number that the socket is to have. */
	if (program == SPAWN_SOCK)
		program = fcntl(program, F_DUPFD_CLOEXEC, SPAWN_SOCK + 1);
	if (sock == SPAWN_SOCK)
		(void)fcntl(sock, F_SETFD, 0);
	else
		sock = dup2(sock, SPAWN_SOCK);
	if (program < 0 || sock != SPAWN_SOCK || become_nobody() < 0 ||
	    close_range(SPAWN_SOCK + 1, ~0U, CLOSE_RANGE_CLOEXEC) < 0)
		_exit(127);
	(void)execveat(program, "", argv, no_environment, AT_EMPTY_PATH);
	_exit(127);
}

int
spawn_nobody(int program, int sock)
{
	pid_t pid = fork();
	int pidfd;

	if (pid < 0)
		return -errno;
	if (pid == 0)
		become_program(program, sock);
	/* Nobody but us can reap it, so the number is still its. */
	pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (pidfd < 0) {
		int error = -errno;

		(void)kill(pid, SIGKILL);
		return error;
	}
	return pidfd;
}

void
spawn_kill(int pidfd)
{
	(void)syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0);
}

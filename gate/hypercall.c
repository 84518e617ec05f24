#include "gate/hypercall.h"

#include <errno.h>
#include <signal.h>
#include <stdnoreturn.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include "common/fdpass.h"
#include "common/io.h"
#include "common/magic.h"
#include "gate/launch.h"

/*
 * In the child, with every signal blocked: ask, and pass on what comes: the
 * guard's socket, or the errno.
 */
static noreturn void
ask_and_pass_on(int to)
{
	int fd = prctl(HYPERCALL_MAGIC, HYPERCALL_CONNECT, 0L, 0L, 0L);
	int error = fd < 0 ? errno : 0;

	/* When the parent is gone nobody is left to hear of a failure. */
	(void)!fdpass_send(to, &error, sizeof(error), fd);
	_exit(0);
}

static int
receive_answer(int from, int *out)
{
	SCOPED(fd_release) int fd = -1;
	int error = 0;
	int r = io_wait_readable(from, HYPERCALL_TIMEOUT_MS);
	ssize_t n;

	if (r < 0)
		return r;
	n = fdpass_receive(from, &error, sizeof(error), &fd);
	if (n < 0)
		return (int)n;
	if ((size_t)n != sizeof(error))
		return -ECHILD; /* the child was killed before it could answer
		                 */
	if (error != 0)
		return error == EINVAL ? -ENOENT : -error;
	if (fd < 0)
		return -EPROTO;
	*out = fd_take(&fd);
	return 0;
}

int
hypercall_connect(void)
{
	SCOPED(fd_release) int ours = -1;
	SCOPED(fd_release) int childs = -1;
	int pair[2];
	int fd = -1;
	pid_t child;
	int r;

	/* The usual login is under no filter at all: nobody to be asked. */
	if (prctl(PR_GET_SECCOMP, 0L, 0L, 0L, 0L) <= 0)
		return -ENOENT;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;
	ours = pair[0];
	childs = pair[1];

	child = launch_fork();
	if (child < 0)
		return child;
	if (child == 0)
		ask_and_pass_on(childs);
	(void)close(fd_take(&childs)); /* so that its death is an end of file */
	r = receive_answer(ours, &fd);
	(void)kill(child, SIGKILL); /* not reaped yet: it is still this one */
	launch_reap(child);
	return r < 0 ? r : fd;
}

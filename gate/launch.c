#include "gate/launch.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdnoreturn.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "common/fdpass.h"
#include "common/trusted.h"
#include "gate/enter.h"

#define GUARD_SOCK    3
#define GUARD_PROGRAM 4 /* close-on-exec: the guard never sees it */
#define ABOVE_BOTH    5

#define ARGS_MAX 12

enum step {
	STEP_NONE = 0,
	STEP_FORK,
	STEP_ROOT,
	STEP_PREPARE,
	STEP_EXEC,
};

/* What the guard-to-be says when it cannot become one. */
struct last_word {
	char name[8];
	int32_t step;
	int32_t error;
};

static const char last_word_name[8] = "launch";

/* All that the children need, made ready while memory may be allocated. */
struct plan {
	int sock;
	int program;
	bool is_unprivileged;
	bool keeps_stderr;
	char *argv[ARGS_MAX]; /* borrowed from the options */
};

pid_t
launch_fork(void)
{
	sigset_t all, before;
	long pid;
	int error;

	(void)sigfillset(&all);
	error = pthread_sigmask(SIG_SETMASK, &all, &before);
	if (error != 0)
		return -error;
	/* Not fork(3): with no exit signal neither a SIGCHLD handler nor a
	 * wait for any child, in whatever thread, learns of this one; and no
	 * handler that a library registered with pthread_atfork(3) runs. */
	pid = syscall(SYS_clone, 0L, NULL, NULL, NULL, 0L);
	error = errno;
	if (pid == 0)
		return 0;
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	return pid < 0 ? -error : (pid_t)pid;
}

void
launch_reap(pid_t child)
{
	while (waitpid(child, NULL, __WALL) < 0 && errno == EINTR)
		continue;
}

/*
 * In the guard-to-be.  By system call: the C library would first stop the
 * application's other threads, of which this process has none.
 */
static int
become_root(void)
{
	if (syscall(SYS_setgroups, 0L, NULL) < 0 ||
	    syscall(SYS_setresgid, 0L, 0L, 0L) < 0 ||
	    syscall(SYS_setresuid, 0L, 0L, 0L) < 0)
		return -errno;
	return 0;
}

/* In the guard-to-be: a copy above those that are about to be taken. */
static int
raise_fd(int *fd)
{
	int raised = fcntl(*fd, F_DUPFD_CLOEXEC, 10);

	if (raised < 0)
		return -errno;
	*fd = raised;
	return 0;
}

/*
 * In the guard-to-be.  A pty or channel socket of the application that the
 * guard kept open would make ssh hang at logout.
 */
static int
arrange_descriptors(struct plan *plan)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	int r = null < 0 ? -errno : raise_fd(&null);

	if (r == 0)
		r = raise_fd(&plan->sock);
	if (r == 0)
		r = raise_fd(&plan->program);
	if (r < 0)
		return r;
	for (int fd = 0; fd < GUARD_SOCK; fd++)
		if ((fd != STDERR_FILENO || !plan->keeps_stderr) &&
		    dup2(null, fd) < 0)
			return -errno;
	if (dup2(plan->sock, GUARD_SOCK) < 0)
		return -errno;
	plan->sock = GUARD_SOCK;
	if (dup3(plan->program, GUARD_PROGRAM, O_CLOEXEC) < 0)
		return -errno;
	plan->program = GUARD_PROGRAM;
	return close_range(ABOVE_BOTH, ~0U, 0) < 0 ? -errno : 0;
}

/* In the guard-to-be: nothing of the application's is left behind this. */
static int
prepare(struct plan *plan)
{
	const struct rlimit none = { 0, 0 };
	const struct rlimit files = { 1024, 1024 };
	const struct rlimit stack = { 8UL << 20, RLIM_INFINITY };
	const struct sigaction usual = { .sa_handler = SIG_DFL };
	sigset_t empty;
	int r;

	if (setsid() < 0 || chdir("/") < 0 || setrlimit(RLIMIT_CORE, &none) < 0)
		return -errno;
	/* What the application, or a user before it, was limited to. */
	(void)setrlimit(RLIMIT_NOFILE, &files);
	(void)setrlimit(RLIMIT_STACK, &stack);
	(void)umask(077);
	r = arrange_descriptors(plan);
	if (r < 0)
		return r;
	/* EINVAL for those that cannot be set, and are always the default. */
	for (int signal = 1; signal < NSIG; signal++)
		(void)sigaction(signal, &usual, NULL);
	(void)sigemptyset(&empty);
	return sigprocmask(SIG_SETMASK, &empty, NULL) < 0 ? -errno : 0;
}

/* In either child. */
static noreturn void
give_up(const struct plan *plan, enum step step, int error)
{
	struct last_word word = { .step = (int32_t)step, .error = error };

	memcpy(word.name, last_word_name, sizeof(word.name));
	/* When the application is gone nobody is left to be told. */
	(void)!fdpass_send(plan->sock, &word, sizeof(word), -1);
	_exit(127);
}

/* In the guard-to-be: nobody's child, and still with all of our privilege. */
static noreturn void
become_guard(struct plan *plan)
{
	char *const no_environment[] = { NULL };
	int r = plan->is_unprivileged ? 0 : become_root();

	if (r < 0)
		give_up(plan, STEP_ROOT, -r);
	r = prepare(plan);
	if (r < 0)
		give_up(plan, STEP_PREPARE, -r);
	(void)execveat(
	    plan->program, "", plan->argv, no_environment, AT_EMPTY_PATH);
	give_up(plan, STEP_EXEC, errno);
}

/* In the first child, whose only task is to have an orphan. */
static noreturn void
leave_orphan(struct plan *plan)
{
	long pid = syscall(SYS_clone, (long)SIGCHLD, NULL, NULL, NULL, 0L);

	if (pid == 0)
		become_guard(plan);
	if (pid < 0)
		give_up(plan, STEP_FORK, errno);
	_exit(0);
}

static char *
borrowed(const char *text)
{
	return (char *)(uintptr_t)text; /* execveat(2) does not write to it */
}

static void
plan_arguments(const struct enter_options *options, struct plan *plan)
{
	size_t n = 0;

	plan->argv[n++] = borrowed(options->guardd);
	plan->argv[n++] = borrowed("-f");
	plan->argv[n++] = borrowed("3");
	plan->argv[n++] = borrowed("-c");
	plan->argv[n++] = borrowed(options->conf);
	if (options->policy != NULL) {
		plan->argv[n++] = borrowed("-P");
		plan->argv[n++] = borrowed(options->policy);
	}
	if (options->is_unprivileged)
		plan->argv[n++] = borrowed("-u");
	if (options->is_debug)
		plan->argv[n++] = borrowed("-d");
	if (options->is_explaining)
		plan->argv[n++] = borrowed("-x");
	plan->argv[n] = NULL;
}

/* Root runs only what nobody else can have written; others, what they like. */
static int
open_program(const struct enter_options *options, char why[WIRE_WHY])
{
	char reason[TRUSTED_WHY] = "";
	int fd;

	if (!options->is_unprivileged) {
		fd = trusted_open(options->guardd, TRUSTED_NOBODY, reason);
	} else {
		fd = open(options->guardd, O_PATH | O_CLOEXEC);
		if (fd < 0) {
			fd = -errno;
			(void)snprintf(reason, sizeof(reason), "%s: %s",
			    options->guardd, strerror(-fd));
		}
	}
	if (fd < 0)
		(void)snprintf(why, WIRE_WHY,
		    "the guard cannot be started: %s; install execguard, or "
		    "correct the path of guardd",
		    reason);
	return fd;
}

int
launch_guard(
    const struct enter_options *options, int *out_sock, char why[WIRE_WHY])
{
	SCOPED(fd_release) int program = open_program(options, why);
	SCOPED(fd_release) int ours = -1;
	SCOPED(fd_release) int guards = -1;
	struct plan plan = {
		.is_unprivileged = options->is_unprivileged,
		.keeps_stderr = options->keeps_stderr,
	};
	int pair[2];
	pid_t child;

	if (program < 0)
		return program;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0) {
		int r = -errno;

		(void)snprintf(why, WIRE_WHY, "the guard cannot be reached: %s",
		    strerror(-r));
		return r;
	}
	ours = pair[0];
	guards = pair[1];
	plan.sock = guards;
	plan.program = program;
	plan_arguments(options, &plan);

	child = launch_fork();
	if (child == 0)
		leave_orphan(&plan);
	if (child < 0) {
		(void)snprintf(why, WIRE_WHY, "the guard cannot be started: %s",
		    strerror(-child));
		return child;
	}
	launch_reap(child);
	*out_sock = fd_take(&ours);
	return 0;
}

bool
launch_failed(struct span message, const struct enter_options *options,
    char why[WIRE_WHY])
{
	struct last_word word;
	const char *what = "the guard's process cannot be prepared";
	const char *remedy = "";

	if (message.len != sizeof(word) ||
	    !span_copy(message, 0, &word, sizeof(word)) ||
	    memcmp(word.name, last_word_name, sizeof(word.name)) != 0)
		return false;
	if (word.step == STEP_ROOT) {
		what = "the guard cannot become root";
		remedy = "; open the session as root";
	} else if (word.step == STEP_EXEC) {
		what = "the guard cannot be run";
		remedy = "; install execguard, or correct the path of guardd";
	}
	(void)snprintf(why, WIRE_WHY, "%s: %s: %s%s", what, options->guardd,
	    strerror(word.error), remedy);
	return true;
}

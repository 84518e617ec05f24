/*
 * proc_test.c - what /proc says of live processes.
 */
#include "guardd/kernel/proc.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/personality.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "guardd/kernel/trace.h"
#include "tests/kernel/filtered.h"
#include "tests/kernel/turn.h"

#define REAL      61001
#define EFFECTIVE 61002
#define SAVED     61003

static int proc;

/* What a body does before it says that it is there. */
struct plan {
	const struct turn *turn;
	const char *name;     /* its own choice, or NULL */
	bool is_other_user;   /* three uids that differ */
	bool is_in_namespace; /* a user namespace of its own */
	const char *terminal; /* becomes its controlling one, or NULL */
};

static void
body_wait(const void *arg)
{
	const struct plan *plan = arg;
	int fd;

	turn_take(plan->turn);
	if (plan->name != NULL && prctl(PR_SET_NAME, plan->name) < 0)
		_exit(90);
	if (plan->is_other_user && setresuid(REAL, EFFECTIVE, SAVED) < 0)
		_exit(91);
	if (plan->is_in_namespace && unshare(CLONE_NEWUSER) < 0)
		_exit(92);
	if (plan->terminal != NULL) {
		/* Who leads a process group cannot begin a session. */
		while (setsid() < 0)
			(void)setpgid(0, getpgid(getppid()));
		fd = open(plan->terminal, O_RDWR | O_CLOEXEC);
		if (fd < 0 || ioctl(fd, TIOCSCTTY, 0) < 0)
			_exit(93);
	}
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (write(TURN_OUT, "", 1) != 1)
		_exit(94);
	turn_await();
}

static pid_t
start(struct plan *plan, struct turn *turn)
{
	const struct asker *asker;
	char byte;

	turn_open(turn);
	plan->turn = turn;
	asker = asker_spawn(body_wait, plan);
	fd_release(&turn->from_body[1]);
	turn->from_body[1] = -1;
	assert_int_equal(read(turn->from_body[0], &byte, 1), 1);
	return asker->pid;
}

static void
expect_identity(pid_t tid, uid_t real, uid_t effective, pid_t tgid)
{
	struct proc_status status, identity;

	memset(&status, 0xee, sizeof(status));
	memset(&identity, 0xee, sizeof(identity));
	assert_int_equal(proc_status(proc, tid, &status), 0);
	assert_int_equal(proc_identity(proc, tid, &identity), 0);
	assert_int_equal(status.real, real);
	assert_int_equal(status.effective, effective);
	assert_int_equal(status.tgid, tgid);
	assert_int_equal(identity.real, real);
	assert_int_equal(identity.effective, effective);
	assert_int_equal(identity.tgid, tgid);
}

static void
users_test(void **state UNUSED)
{
	SCOPED(turn_release) struct turn turn;
	struct plan plan = { .is_other_user = true };
	pid_t pid;

	asker_stage();
	pid = start(&plan, &turn);
	expect_identity(pid, REAL, EFFECTIVE, pid);
	expect_identity(getpid(), 0, 0, getpid());
}

/* A name that looks like the lines and fields behind it. */
static void
name_test(void **state UNUSED)
{
	SCOPED(turn_release) struct turn turn;
	struct plan plan = { .is_other_user = true, .name = "\nUid:\t0\t0" };
	pid_t pid;

	asker_stage();
	pid = start(&plan, &turn);
	expect_identity(pid, REAL, EFFECTIVE, pid);
}

static void
stat_name_test(void **state UNUSED)
{
	SCOPED(turn_release) struct turn turn;
	struct plan plan = { .name = "a) R 1 1 1 9 9" };
	uint64_t start_ticks;
	pid_t pid;

	asker_stage();
	start_ticks = proc_start(proc, getpid());
	pid = start(&plan, &turn);
	assert_true(start_ticks > 0);
	assert_true(proc_start(proc, pid) >= start_ticks);
	assert_int_equal(
	    proc_terminal(proc, pid), proc_terminal(proc, getpid()));
}

struct thread {
	pid_t tid;
	int here, go_on; /* written to, read from */
};

static void *
run_thread(void *arg)
{
	struct thread *thread = arg;
	char byte;

	thread->tid = (pid_t)syscall(SYS_gettid);
	if (write(thread->here, "", 1) != 1 ||
	    read(thread->go_on, &byte, 1) != 1)
		thread->tid = 0;
	return NULL;
}

static void
thread_test(void **state UNUSED)
{
	SCOPED(turn_release) struct turn turn;
	struct thread thread;
	pthread_t id;
	char byte;

	asker_stage();
	turn_open(&turn);
	thread.here = turn.from_body[1];
	thread.go_on = turn.to_body[0];
	assert_int_equal(pthread_create(&id, NULL, run_thread, &thread), 0);
	assert_int_equal(read(turn.from_body[0], &byte, 1), 1);
	assert_int_not_equal(thread.tid, getpid());
	expect_identity(thread.tid, 0, 0, getpid());
	turn_go(&turn);
	assert_int_equal(pthread_join(id, NULL), 0);
}

static void
tracer_test(void **state UNUSED)
{
	SCOPED(turn_release) struct turn turn;
	struct plan plan = { 0 };
	struct proc_status status;
	pid_t pid;

	asker_stage();
	pid = start(&plan, &turn);
	assert_int_equal(proc_status(proc, pid, &status), 0);
	assert_int_equal(status.tracer, 0);
	assert_int_equal(trace_seize(pid, false), 0);
	assert_int_equal(proc_status(proc, pid, &status), 0);
	assert_int_equal(status.tracer, getpid());
	assert_int_equal(proc_identity(proc, pid, &status), 0);
}

static void
filter_test(void **state UNUSED)
{
	SCOPED(turn_release) struct turn turn;
	struct plan plan = { .turn = &turn };
	struct proc_status status;

	asker_stage();
	turn_open(&turn);
	assert_int_equal(proc_status(proc, getpid(), &status), 0);
	assert_int_not_equal(status.seccomp, 2);
	assert_int_equal(
	    proc_status(proc, asker_start(1, body_wait, &plan)->pid, &status),
	    0);
	assert_int_equal(status.seccomp, 2);
}

static void
gone_test(void **state UNUSED)
{
	SCOPED(turn_release) struct turn turn;
	struct proc_status status = { .real = 4711 };
	struct plan plan = { 0 };
	pid_t pid;

	asker_stage();
	pid = start(&plan, &turn);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(WTERMSIG(asker_end(pid)), SIGKILL);
	assert_int_equal(proc_status(proc, pid, &status), -ENOENT);
	assert_int_equal(proc_identity(proc, pid, &status), -ENOENT);
	assert_int_equal(status.real, 4711);
	assert_int_equal(proc_open_path(proc, pid, "exe"), -ENOENT);
	assert_false(proc_shares_userns(proc, pid));
	assert_int_equal(proc_terminal(proc, pid), 0);
	assert_int_equal(proc_start(proc, pid), 0);
}

static void
pin_test(void **state UNUSED)
{
	SCOPED(turn_release) struct turn turn;
	struct plan plan = { 0 };
	pid_t pid;

	asker_stage();
	pid = start(&plan, &turn);

	SCOPED(fd_release) int handle = proc_pin(pid);

	assert_true(handle >= 0);
	assert_int_equal(fcntl(handle, F_GETFD), FD_CLOEXEC);
	proc_signal(-1, SIGKILL);
	proc_signal(handle, SIGTERM);
	assert_int_equal(WTERMSIG(asker_end(pid)), SIGTERM);
	proc_signal(handle, SIGKILL);
	assert_int_equal(proc_pin(pid), -ESRCH);
}

static void
path_test(void **state UNUSED)
{
	struct stat got, want;
	SCOPED(turn_release) struct turn turn;
	struct plan plan = { 0 };

	asker_stage();

	SCOPED(fd_release)
	int fd = proc_open_path(proc, start(&plan, &turn), "fd/30");

	assert_true(fd >= 0);
	assert_true(fcntl(fd, F_GETFL) & O_PATH);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	assert_int_equal(fstat(fd, &got), 0);
	assert_int_equal(fstat(turn.to_body[0], &want), 0);
	assert_int_equal(got.st_ino, want.st_ino);
	assert_int_equal(got.st_dev, want.st_dev);
}

static void
userns_test(void **state UNUSED)
{
	SCOPED(turn_release) struct turn turn, inner_turn;
	struct plan outer = { 0 }, inner = { .is_in_namespace = true };

	asker_stage();
	assert_true(proc_shares_userns(proc, start(&outer, &turn)));
	assert_false(proc_shares_userns(proc, start(&inner, &inner_turn)));
}

static void
terminal_test(void **state UNUSED)
{
	SCOPED(turn_release) struct turn turn;
	struct plan plan = { .name = "x) R 1 1 1 9" };
	char name[64];
	struct stat st;

	asker_stage();

	SCOPED(fd_release) int pty = posix_openpt(O_RDWR | O_NOCTTY);

	if (pty < 0 || grantpt(pty) < 0 || unlockpt(pty) < 0 ||
	    ptsname_r(pty, name, sizeof(name)) != 0 || stat(name, &st) < 0)
		skip(); /* no devpts here */
	plan.terminal = name;
	assert_int_equal(proc_terminal(proc, start(&plan, &turn)), st.st_rdev);
}

static void *
idle(void *turn)
{
	(void)!read(*(int *)turn, &(char){ 0 }, 1);
	return NULL;
}

static void
threads_test(void **state UNUSED)
{
	int ends[2];
	pthread_t other;
	pid_t tids[4];

	asker_stage();
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	assert_int_equal(proc_count_threads(proc, getpid()), 1);
	assert_int_equal(pthread_create(&other, NULL, idle, &ends[0]), 0);
	assert_int_equal(proc_count_threads(proc, getpid()), 2);
	assert_int_equal(proc_list_threads(proc, getpid(), tids, 4), 2);
	assert_int_equal(proc_list_threads(proc, getpid(), tids, 1), -E2BIG);
	assert_int_equal(write(ends[1], "", 1), 1);
	assert_int_equal(pthread_join(other, NULL), 0);
}

static void
body_vfork(const void *arg UNUSED)
{
	if (vfork() == 0) {
		(void)pause();
		_exit(0);
	}
}

static void
vfork_test(void **state UNUSED)
{
	const struct asker *asker;

	asker_stage();
	assert_false(proc_waits_for_vfork(proc, getpid()));
	asker = asker_spawn(body_vfork, NULL);
	while (!proc_waits_for_vfork(proc, asker->pid))
		(void)sched_yield();
}

static void
personality_test(void **state UNUSED)
{
	unsigned long got = 0;
	int old = personality(0xffffffff);

	asker_stage();
	assert_true(personality((unsigned long)old | READ_IMPLIES_EXEC) >= 0);
	assert_int_equal(proc_personality(proc, getpid(), &got), 0);
	(void)personality((unsigned long)old);
	assert_int_equal(got, (unsigned long)old | READ_IMPLIES_EXEC);
}

static int
open_proc(void **state UNUSED)
{
	proc = proc_open();
	return proc < 0 ? -1 : 0;
}

/* clang-format off */
#define CASE(sentence, function) \
	{ sentence, function, NULL, asker_clear, NULL }

static const struct CMUnitTest tests[] = {
	CASE("real and effective uid are told apart, both ways",
	    users_test),
	CASE("a name that looks like a line of status deceives nobody",
	    name_test),
	CASE("a name that looks like fields of stat deceives nobody",
	    stat_name_test),
	CASE("a thread belongs to its process, both ways", thread_test),
	CASE("a tracer is seen", tracer_test),
	CASE("a filter is seen", filter_test),
	CASE("of who is gone nothing is known", gone_test),
	CASE("a handle is one process and never another", pin_test),
	CASE("an entry is opened O_PATH and close-on-exec", path_test),
	CASE("a user namespace of its own is not ours", userns_test),
	CASE("the controlling terminal is found by its device",
	    terminal_test),
	CASE("threads are counted, and listed", threads_test),
	CASE("who waits for his vfork child is seen", vfork_test),
	CASE("a personality is seen", personality_test),
};
/* clang-format on */

int
main(void)
{
	return cmocka_run_group_tests_name("proc", tests, open_proc, NULL);
}

/*
 * notify_test.c - questions that live processes ask, and their answers.
 */
#include "guardd/kernel/notify.h"

#include <fcntl.h>
#include <linux/ptrace.h>
#include <poll.h>
#include <sched.h>
#include <string.h>
#include <sys/syscall.h>

#include "common/magic.h"
#include "tests/kernel/filtered.h"

#define COOKIE 0x0123456789abcdefULL

static const char path[] = "/bin/true";

/* clang-format off */
static const struct row {
	const char *name;
	long call;
	unsigned long args[2];
	enum abi_call want;
} rows[] = {
	{ "an execve is asked for", SYS_execve, { 0, 0 }, CALL_EXECVE },
	{ "an execveat is asked for", SYS_execveat, { 1, 0 }, CALL_EXECVEAT },
	{ "PTRACE_TRACEME is asked for", SYS_ptrace,
	    { PTRACE_TRACEME, 1 }, CALL_PTRACE },
	{ "PTRACE_ATTACH is asked for", SYS_ptrace,
	    { PTRACE_ATTACH, 1 }, CALL_PTRACE },
	{ "PTRACE_SEIZE is asked for", SYS_ptrace,
	    { PTRACE_SEIZE, 1 }, CALL_PTRACE },
	{ "the hypercall is asked for", SYS_prctl,
	    { HYPERCALL_MAGIC, HYPERCALL_CONNECT }, CALL_PRCTL },
};
/* clang-format on */

static void
body_call(const void *arg)
{
	const struct row *row = arg;
	long r = syscall(row->call, row->args[0], row->args[1], 0L, 0L, 0L);

	_exit(r < 0 ? errno : 0);
}

static void
body_exec(const void *arg UNUSED)
{
	(void)execve(path, (char *[]){ "true", NULL }, (char *[]){ NULL });
	_exit(errno);
}

static void
refuse_test(void **state)
{
	const struct row *row = *state;
	const struct asker *asker;
	struct question q;
	int status;

	asker_stage();
	asker = asker_start(COOKIE, body_call, row);
	q = asker_question(asker);
	assert_int_equal(q.tid, asker->pid);
	assert_int_equal(q.call, row->want);
	assert_int_equal(q.args[0], row->args[0]);
	assert_int_equal(q.args[1], row->args[1]);
	assert_int_equal(notify_refuse(asker->listener, &q, EDOM), 0);
	status = asker_end(asker->pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), EDOM);
}

static void
supported_test(void **state UNUSED)
{
	const char *missing = "nothing";

	asker_stage();
	assert_int_equal(notify_supported(&missing), 0);
	assert_string_equal(missing, "nothing");
}

static void
continue_test(void **state UNUSED)
{
	const struct asker *asker;
	struct question q;

	asker_stage();
	asker = asker_start(COOKIE, body_exec, NULL);
	notify_hand_over_directly(asker->listener);
	q = asker_question(asker);
	assert_int_equal(q.args[0], (uintptr_t)path);
	assert_int_equal(notify_continue(asker->listener, &q), 0);
	assert_int_equal(asker_end(asker->pid), 0);
}

/* Exits with 1 when the gift is close-on-exec and leads to our pipe. */
static void
body_gift(const void *arg UNUSED)
{
	int fd = prctl(HYPERCALL_MAGIC, HYPERCALL_CONNECT, 0, 0, 0);

	_exit(fd >= 0 && fcntl(fd, F_GETFD) == FD_CLOEXEC
		  ? (int)write(fd, "x", 1)
		  : 0);
}

static void
gift_test(void **state UNUSED)
{
	const struct asker *asker;
	struct question q;
	int at[2];
	char byte = 0;

	asker_stage();
	asker = asker_start(COOKIE, body_gift, NULL);
	q = asker_question(asker);
	/* Made now: the asker cannot have inherited it. */
	assert_int_equal(pipe2(at, O_CLOEXEC), 0);
	assert_int_equal(notify_give_fd(asker->listener, &q, at[1]), 0);
	assert_false(notify_is_pending(asker->listener, &q));
	assert_int_equal(WEXITSTATUS(asker_end(asker->pid)), 1);
	assert_int_equal(read(at[0], &byte, 1), 1);
	assert_int_equal(byte, 'x');
	(void)close(at[0]);
	(void)close(at[1]);
}

static void
pending_test(void **state UNUSED)
{
	const struct asker *asker;
	struct question q;

	asker_stage();
	asker = asker_start(COOKIE, body_exec, NULL);
	q = asker_question(asker);
	assert_true(notify_is_pending(asker->listener, &q));
	assert_int_equal(notify_refuse(asker->listener, &q, EACCES), 0);
	assert_false(notify_is_pending(asker->listener, &q));
	assert_int_equal(notify_refuse(asker->listener, &q, EACCES), -ENOENT);
	assert_int_equal(notify_continue(asker->listener, &q), -ENOENT);
	assert_int_equal(WEXITSTATUS(asker_end(asker->pid)), EACCES);
}

static void
killed_test(void **state UNUSED)
{
	const struct asker *asker;
	struct question q;

	asker_stage();
	asker = asker_start(COOKIE, body_exec, NULL);
	q = asker_question(asker);
	assert_int_equal(kill(asker->pid, SIGKILL), 0);
	assert_int_equal(WTERMSIG(asker_end(asker->pid)), SIGKILL);
	assert_false(notify_is_pending(asker->listener, &q));
	assert_int_equal(notify_refuse(asker->listener, &q, EACCES), -ENOENT);
	assert_int_equal(notify_continue(asker->listener, &q), -ENOENT);
	assert_int_equal(notify_give_fd(asker->listener, &q, 0), -ENOENT);
}

static void
killed_before_test(void **state UNUSED)
{
	struct question q = { .tid = 4711 };
	const struct asker *asker;

	asker_stage();
	asker = asker_start(COOKIE, body_exec, NULL);
	assert_int_equal(
	    io_wait_readable(asker->listener, ASKER_SECONDS * 1000), 0);
	assert_int_equal(kill(asker->pid, SIGKILL), 0);
	assert_int_equal(WTERMSIG(asker_end(asker->pid)), SIGKILL);
	assert_int_equal(notify_receive(asker->listener, &q), -ENOENT);
	assert_int_equal(q.tid, 4711);
}

static void
on_signal(int signal UNUSED)
{
}

static void
body_exec_after_signals(const void *arg)
{
	const struct sigaction action = {
		.sa_handler = on_signal,
		.sa_flags = SA_RESTART,
	};

	(void)sigaction(SIGUSR1, &action, NULL);
	body_exec(arg);
}

static void
interrupted_test(void **state UNUSED)
{
	const struct asker *asker;
	struct question first, second;

	asker_stage();
	asker = asker_start(COOKIE, body_exec_after_signals, NULL);
	first = asker_question(asker);
	assert_int_equal(kill(asker->pid, SIGUSR1), 0);
	second = asker_question(asker);
	assert_true(first.id != second.id);
	assert_int_equal(second.tid, asker->pid);
	assert_false(notify_is_pending(asker->listener, &first));
	assert_true(notify_is_pending(asker->listener, &second));
	assert_int_equal(notify_continue(asker->listener, &first), -ENOENT);
	assert_int_equal(notify_refuse(asker->listener, &second, EPERM), 0);
	assert_int_equal(WEXITSTATUS(asker_end(asker->pid)), EPERM);
}

/* In a pid namespace where the asker has no number: exits with 1 if so. */
static void
body_receive_unseen(const void *arg)
{
	const struct asker *asker = arg;
	struct question q = { .tid = 4711 };
	int status = 0;
	pid_t pid;

	if (unshare(CLONE_NEWPID) < 0 || (pid = fork()) < 0)
		_exit(errno);
	if (pid > 0) {
		(void)waitpid(pid, &status, 0);
		_exit(WEXITSTATUS(status));
	}
	if (io_wait_readable(asker->listener, ASKER_SECONDS * 1000) < 0 ||
	    notify_receive(asker->listener, &q) < 0)
		_exit(96);
	(void)notify_refuse(asker->listener, &q, EACCES);
	_exit(q.tid == 0);
}

static void
unseen_test(void **state UNUSED)
{
	const struct asker *asker, *receiver;

	asker_stage();
	asker = asker_start(COOKIE, body_exec, NULL);
	receiver = asker_spawn(body_receive_unseen, asker);
	assert_int_equal(WEXITSTATUS(asker_end(receiver->pid)), 1);
	assert_int_equal(WEXITSTATUS(asker_end(asker->pid)), EACCES);
}

static void
hang_up_test(void **state UNUSED)
{
	const struct asker *asker;
	struct pollfd ready = { .events = POLLIN };
	struct question q;

	asker_stage();
	asker = asker_start(COOKIE, body_exec, NULL);
	q = asker_question(asker);
	ready.fd = asker->listener;
	assert_int_equal(poll(&ready, 1, 0), 0);
	assert_int_equal(notify_continue(asker->listener, &q), 0);
	assert_int_equal(asker_end(asker->pid), 0);
	assert_int_equal(poll(&ready, 1, ASKER_SECONDS * 1000), 1);
	assert_int_equal(ready.revents & (POLLIN | POLLHUP), POLLHUP);
}

static void
closed_test(void **state UNUSED)
{
	struct asker *asker;

	asker_stage();
	asker = asker_start(COOKIE, body_exec, NULL);
	assert_int_equal(
	    io_wait_readable(asker->listener, ASKER_SECONDS * 1000), 0);
	fd_release(&asker->listener);
	asker->listener = -1;
	assert_int_equal(WEXITSTATUS(asker_end(asker->pid)), ENOSYS);
}

/* clang-format off */
#define CASE(sentence, function) \
	{ sentence, function, NULL, asker_clear, NULL }

static const struct CMUnitTest cases[] = {
	CASE("this kernel has what the guard asks of it", supported_test),
	CASE("a call that may continue is carried out", continue_test),
	CASE("a gift is close-on-exec and the value of the call", gift_test),
	CASE("a question is pending until it is answered", pending_test),
	CASE("a killed asker hears no answer", killed_test),
	CASE("a question is not received from the dead", killed_before_test),
	CASE("an interrupted asker asks again, anew", interrupted_test),
	CASE("an asker outside our pid namespace is nobody", unseen_test),
	CASE("the listener hangs up after its last asker", hang_up_test),
	CASE("when nobody listens any more an exec fails", closed_test),
};
/* clang-format on */

int
main(void)
{
	struct CMUnitTest tests[LENGTH(rows) + LENGTH(cases)];

	for (size_t i = 0; i < LENGTH(rows); i++)
		tests[i] = (struct CMUnitTest){
			.name = rows[i].name,
			.test_func = refuse_test,
			.teardown_func = asker_clear,
			.initial_state = (void *)(uintptr_t)&rows[i],
		};
	memcpy(tests + LENGTH(rows), cases, sizeof(cases));
	return cmocka_run_group_tests_name("notify", tests, NULL, NULL);
}

/*
 * trace_test.c - askers that are seized, stop at their exec, and go on or die.
 */
#include "guardd/kernel/trace.h"

#include <pthread.h>
#include <string.h>
#include <sys/syscall.h>

#include "tests/kernel/filtered.h"
#include "tests/kernel/stops.h"
#include "tests/kernel/turn.h"

#define COOKIE 0x0123456789abcdefULL
#define DONE   7 /* what a body that came to its end exits with */

/* A byte is heard from the new program, and from nobody else. */
static void
body_exec(const void *arg)
{
	turn_take(arg);
	(void)execl(
	    "/bin/sh", "sh", "-c", "echo ran >/dev/fd/31; exit 7", NULL);
	_exit(errno);
}

static void *
run_exec(void *arg)
{
	body_exec(arg);
	return NULL;
}

static void
body_thread_exec(const void *arg)
{
	pthread_t thread;

	(void)pthread_create(&thread, NULL, run_exec, (void *)(uintptr_t)arg);
	(void)pthread_join(thread, NULL);
}

/* DONE when the child that execs was killed, and its death was told. */
static void
body_parent(const void *arg)
{
	pid_t pid = fork();
	int status = 0;

	if (pid == 0)
		body_exec(arg);
	(void)close(((const struct turn *)arg)->from_body[1]);
	if (waitpid(pid, &status, 0) == pid && WIFSIGNALED(status) &&
	    WTERMSIG(status) == SIGKILL)
		_exit(DONE);
}

/* Another guard: holds the thread until it is killed. */
struct rival {
	const struct turn *turn;
	pid_t tid;
};

static void
body_rival(const void *arg)
{
	const struct rival *rival = arg;

	turn_take(rival->turn);
	if (trace_seize(rival->tid, false) < 0 || write(TURN_OUT, "", 1) != 1)
		_exit(96);
	for (;;)
		(void)pause();
}

/* An asker in its exec stop; q is its question, answered. */
static struct asker *
stop_at_exec(asker_body *body, struct turn *turn, struct question *q)
{
	struct asker *asker;

	turn_open(turn);
	asker = asker_start(COOKIE, body, turn);
	*q = asker_question(asker);
	assert_int_equal(trace_seize(q->tid, false), 0);
	assert_true(notify_is_pending(asker->listener, q));
	stops_expect_nothing();
	assert_int_equal(notify_continue(asker->listener, q), 0);
	return asker;
}

static void
exec_test(void **state UNUSED)
{
	SCOPED(turn_release) struct turn turn;
	const struct asker *asker;
	struct question q;

	asker_stage();
	asker = stop_at_exec(body_exec, &turn, &q);
	stops_expect(TRACE_EXEC, asker->pid, 0);
	assert_int_equal(trace_former_tid(asker->pid), q.tid);
	trace_let_go(asker->pid, 0);
	assert_int_equal(WEXITSTATUS(asker_end(asker->pid)), DONE);
	assert_int_equal(turn_heard(&turn), strlen("ran\n"));
}

static void
thread_exec_test(void **state UNUSED)
{
	SCOPED(turn_release) struct turn turn;
	const struct asker *asker;
	struct question q;

	asker_stage();
	asker = stop_at_exec(body_thread_exec, &turn, &q);
	assert_int_not_equal(q.tid, asker->pid);
	stops_expect(TRACE_EXEC, asker->pid, 0);
	assert_int_equal(trace_former_tid(asker->pid), q.tid);
	trace_let_go(asker->pid, 0);
	assert_int_equal(WEXITSTATUS(asker_end(asker->pid)), DONE);
	assert_int_equal(turn_heard(&turn), strlen("ran\n"));
}

static void
leader_test(void **state UNUSED)
{
	SCOPED(turn_release) struct turn turn;
	const struct asker *asker;
	struct question q;

	asker_stage();
	turn_open(&turn);
	asker = asker_start(COOKIE, body_thread_exec, &turn);
	q = asker_question(asker);
	assert_true(trace_is_leader(asker->pid));
	assert_false(trace_is_leader(q.tid));
	assert_int_equal(notify_refuse(asker->listener, &q, EACCES), 0);
	assert_int_equal(WEXITSTATUS(asker_end(asker->pid)), EACCES);
	assert_false(trace_is_leader(asker->pid));
}

static void
kill_test(void **state UNUSED)
{
	SCOPED(turn_release) struct turn turn;
	const struct asker *asker;
	struct question q;

	asker_stage();
	asker = stop_at_exec(body_parent, &turn, &q);
	assert_int_not_equal(q.tid, asker->pid);
	stops_expect(TRACE_EXEC, q.tid, 0);
	trace_kill(q.tid);
	stops_expect(TRACE_EXITED, q.tid, SIGKILL);
	assert_int_equal(WEXITSTATUS(asker_end(asker->pid)), DONE);
	assert_int_equal(turn_heard(&turn), 0);
}

/* Two tracers' worth: who has it, and what his death means. */
static void
rival_test(void **state UNUSED)
{
	SCOPED(turn_release) struct turn turn;
	const struct asker *asker, *tracer;
	struct rival rival = { .turn = &turn };
	struct question q;
	char byte;

	asker_stage();
	turn_open(&turn);
	asker = asker_start(COOKIE, body_exec, &turn);
	q = asker_question(asker);
	rival.tid = q.tid;
	tracer = asker_spawn(body_rival, &rival);
	assert_int_equal(read(turn.from_body[0], &byte, 1), 1);
	assert_int_equal(trace_seize(q.tid, false), -EPERM);
	assert_int_equal(kill(tracer->pid, SIGKILL), 0);
	assert_int_equal(WTERMSIG(asker_end(tracer->pid)), SIGKILL);
	/* EXITKILL: still in its question, which nobody will answer. */
	assert_int_equal(WTERMSIG(asker_end(asker->pid)), SIGKILL);
	assert_false(notify_is_pending(asker->listener, &q));
	assert_int_equal(turn_heard(&turn), 0);
}

static void
interrupt_test(void **state UNUSED)
{
	SCOPED(turn_release) struct turn turn;
	const struct asker *asker;
	struct question q, again;

	asker_stage();
	turn_open(&turn);
	asker = asker_start(COOKIE, body_exec, &turn);
	q = asker_question(asker);
	assert_int_equal(trace_seize(q.tid, false), 0);
	trace_interrupt(q.tid);
	stops_expect(TRACE_TRAP, q.tid, 0);
	assert_false(notify_is_pending(asker->listener, &q));
	trace_let_go(q.tid, 0);
	again = asker_question(asker);
	assert_int_equal(again.tid, q.tid);
	assert_int_equal(notify_refuse(asker->listener, &again, EACCES), 0);
	assert_int_equal(WEXITSTATUS(asker_end(asker->pid)), EACCES);
	assert_int_equal(turn_heard(&turn), 0);
}

/* Three threads, and each of the younger two execs. */
static void
body_two_exec(const void *arg)
{
	pthread_t threads[2];

	for (size_t i = 0; i < LENGTH(threads); i++)
		(void)pthread_create(
		    &threads[i], NULL, run_exec, (void *)(uintptr_t)arg);
	for (size_t i = 0; i < LENGTH(threads); i++)
		(void)pthread_join(threads[i], NULL);
}

static void
body_end(const void *arg)
{
	turn_take(arg);
	turn_await();
	_exit(DONE);
}

/* From here on a SIGCHLD waits, as in the guard; earlier ones are forgotten. */
static void
block_child(sigset_t *child)
{
	const struct timespec now = { 0, 0 };

	(void)sigemptyset(child);
	(void)sigaddset(child, SIGCHLD);
	assert_int_equal(sigprocmask(SIG_BLOCK, child, NULL), 0);
	(void)sigtimedwait(child, NULL, &now);
}

/*
 *	first:  in its exec, with the lock, until second is reaped -- by us
 *	second: killed by first's exec, not yet reaped
 *	leader: to be seized, which waits for the lock
 */
static void
among_threads_test(void **state UNUSED)
{
	SCOPED(turn_release) struct turn turn;
	const struct asker *asker;
	struct question first, second;
	struct trace_event e;
	sigset_t child;
	siginfo_t info;

	asker_stage();
	block_child(&child);
	turn_open(&turn);
	asker = asker_start(COOKIE, body_two_exec, &turn);
	first = asker_question(asker);
	second = asker_question(asker);
	assert_int_equal(trace_seize(first.tid, false), 0);
	assert_int_equal(trace_seize(second.tid, false), 0);
	(void)asker_spawn(body_end, &turn);
	assert_int_equal(notify_continue(asker->listener, &first), 0);
	assert_int_equal(
	    waitid(P_PID, (id_t)second.tid, &info, WEXITED | WNOWAIT | __WALL),
	    0);
	assert_int_equal(sigwaitinfo(&child, &info), SIGCHLD);
	/* A second SIGCHLD, sooner or later: it ends the wait. */
	turn_go(&turn);
	assert_int_equal(
	    trace_seize_among_threads(asker->pid, false, TRACE_PATIENCE_MS),
	    -EINTR);
	while ((e = stops_next()).kind == TRACE_EXITED)
		;
	assert_int_equal(e.kind, TRACE_EXEC);
	assert_int_equal(e.tid, asker->pid);
	assert_int_equal(trace_former_tid(e.tid), first.tid);
	trace_let_go(e.tid, 0);
	assert_int_equal(WEXITSTATUS(asker_end(asker->pid)), DONE);
}

static void
among_idle_test(void **state UNUSED)
{
	SCOPED(turn_release) struct turn turn;
	const struct asker *asker;
	struct question q;
	sigset_t child, after;

	asker_stage();
	block_child(&child);
	turn_open(&turn);
	asker = asker_start(COOKIE, body_thread_exec, &turn);
	q = asker_question(asker);
	assert_int_equal(
	    trace_seize_among_threads(q.tid, false, TRACE_PATIENCE_MS), 0);
	assert_int_equal(sigprocmask(SIG_BLOCK, NULL, &after), 0);
	assert_true(sigismember(&after, SIGCHLD));
	assert_int_equal(
	    trace_seize_among_threads(q.tid, false, TRACE_PATIENCE_MS), -EPERM);
	assert_int_equal(notify_continue(asker->listener, &q), 0);
	stops_expect(TRACE_EXEC, asker->pid, 0);
	trace_let_go(asker->pid, 0);
	assert_int_equal(WEXITSTATUS(asker_end(asker->pid)), DONE);
	block_child(&child);
	assert_int_equal(
	    trace_seize_among_threads(asker->pid, false, TRACE_PATIENCE_MS),
	    -ESRCH);
}

/* clang-format off */
#define CASE(sentence, function) \
	{ sentence, function, NULL, asker_clear, NULL }

static const struct CMUnitTest tests[] = {
	CASE("an asker is seized in its question and stops at its exec",
	    exec_test),
	CASE("an exec by a thread is reported under the leader, with its tid",
	    thread_exec_test),
	CASE("a thread leads nothing", leader_test),
	CASE("killed at its exec stop, it is reaped and its parent is told",
	    kill_test),
	CASE("a tracee has one tracer, and dies with him", rival_test),
	CASE("interrupted in its question, an asker asks again",
	    interrupt_test),
	CASE("a seizure that would wait for our own tracee is given up",
	    among_threads_test),
	CASE("among threads that do nothing a seizure is a seizure",
	    among_idle_test),
};
/* clang-format on */

int
main(void)
{
	return cmocka_run_group_tests_name("trace", tests, NULL, NULL);
}

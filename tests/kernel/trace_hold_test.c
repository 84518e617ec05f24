/*
 * trace_hold_test.c - tracees that are held: signals, stops, forks, ends.
 */
#include <sys/resource.h>

#include "guardd/kernel/trace.h"
#include "tests/kernel/stops.h"
#include "tests/kernel/turn.h"

#define DONE 7 /* what a body that came to its end exits with */

static void
body_wait(const void *arg)
{
	turn_take(arg);
	turn_await();
	_exit(DONE);
}

static bool is_vfork;

static void
body_fork(const void *arg)
{
	pid_t pid;
	int status = 0;

	turn_take(arg);
	turn_await();
	pid = is_vfork ? vfork() : fork();
	if (pid == 0)
		_exit(DONE);
	(void)waitpid(pid, &status, 0);
	_exit(WEXITSTATUS(status));
}

static pid_t
seize(asker_body *body, struct turn *turn, bool is_held)
{
	pid_t pid;

	turn_open(turn);
	pid = asker_spawn(body, turn)->pid;
	assert_int_equal(trace_seize(pid, is_held), 0);
	return pid;
}

static void
nobody_test(void **state UNUSED)
{
	SCOPED(turn_release) struct turn turn;
	const struct asker *asker;

	asker_stage();
	turn_open(&turn);
	asker = asker_spawn(body_wait, &turn);
	turn_go(&turn);
	assert_int_equal(WEXITSTATUS(asker_end(asker->pid)), DONE);
	assert_int_equal(trace_seize(asker->pid, false), -ESRCH);
	stops_expect_nothing();
	trace_resume(asker->pid, 0);
	trace_listen(asker->pid);
	trace_let_go(asker->pid, 0);
	trace_interrupt(asker->pid);
}

static void
group_stop_test(void **state UNUSED)
{
	SCOPED(turn_release) struct turn turn;
	pid_t pid;

	asker_stage();
	pid = seize(body_wait, &turn, true);
	assert_int_equal(kill(pid, SIGSTOP), 0);
	stops_expect(TRACE_SIGNAL, pid, SIGSTOP);
	trace_resume(pid, SIGSTOP);
	stops_expect(TRACE_GROUP_STOP, pid, SIGSTOP);
	trace_listen(pid);
	turn_go(&turn);
	stops_expect_nothing();
	assert_int_equal(kill(pid, SIGCONT), 0);
	stops_expect(TRACE_TRAP, pid, 0);
	trace_resume(pid, 0);
	stops_expect(TRACE_SIGNAL, pid, SIGCONT);
	trace_resume(pid, SIGCONT);
	stops_expect(TRACE_EXITED, pid, 0);
}

static void
let_go_test(void **state UNUSED)
{
	SCOPED(turn_release) struct turn turn;
	pid_t pid;

	asker_stage();
	pid = seize(body_wait, &turn, true);
	assert_int_equal(kill(pid, SIGTERM), 0);
	stops_expect(TRACE_SIGNAL, pid, SIGTERM);
	trace_let_go(pid, SIGTERM);
	assert_int_equal(WTERMSIG(asker_end(pid)), SIGTERM);
}

static void
crash_test(void **state UNUSED)
{
	SCOPED(turn_release) struct turn turn;
	pid_t pid;

	asker_stage();
	pid = seize(body_wait, &turn, true);
	assert_int_equal(kill(pid, SIGABRT), 0);
	stops_expect(TRACE_SIGNAL, pid, SIGABRT);
	trace_resume(pid, SIGABRT);
	stops_expect(TRACE_EXITED, pid, SIGABRT);
	stops_expect_nothing();
}

/* Resume whatever comes, as a guard that holds does, until pid has ended. */
static void
held_fork_test(void **state)
{
	SCOPED(turn_release) struct turn turn;
	struct trace_event e;
	pid_t pid, child = 0, newborn = 0, ended = 0;

	asker_stage();
	is_vfork = *state != NULL;
	pid = seize(body_fork, &turn, true);
	turn_go(&turn);
	while ((e = stops_next()).kind != TRACE_EXITED || e.tid != pid) {
		if (e.kind == TRACE_FORK)
			child = e.other;
		else if (e.kind == TRACE_TRAP)
			newborn = e.tid;
		else if (e.kind == TRACE_EXITED)
			ended = e.tid;
		else
			assert_int_equal(e.kind, TRACE_SIGNAL);
		trace_resume(e.tid, e.kind == TRACE_SIGNAL ? e.signal : 0);
	}
	assert_true(child > 0);
	assert_int_equal(newborn, child);
	assert_int_equal(ended, child);
}

static void
free_fork_test(void **state UNUSED)
{
	SCOPED(turn_release) struct turn turn;
	pid_t pid;

	asker_stage();
	pid = seize(body_fork, &turn, false);
	turn_go(&turn);
	stops_expect(TRACE_SIGNAL, pid, SIGCHLD);
	trace_resume(pid, SIGCHLD);
	stops_expect(TRACE_EXITED, pid, 0);
	stops_expect_nothing();
}

/* Two have something to say, and one is asked. */
static void
by_name_test(void **state UNUSED)
{
	SCOPED(turn_release) struct turn first_turn, second_turn;
	struct trace_event e;
	siginfo_t info;
	pid_t first, second;

	asker_stage();
	first = seize(body_wait, &first_turn, true);
	second = seize(body_wait, &second_turn, true);
	assert_int_equal(trace_next_of(first, &e), 0);
	assert_int_equal(e.kind, TRACE_NOTHING);
	assert_int_equal(kill(first, SIGURG), 0);
	assert_int_equal(kill(second, SIGUSR1), 0);
	for (int i = 0; i < 2; i++)
		assert_int_equal(waitid(P_PID, (id_t)(i ? second : first),
				     &info, WSTOPPED | WNOWAIT | __WALL),
		    0);
	assert_int_equal(trace_next_of(second, &e), 0);
	assert_int_equal(e.kind, TRACE_SIGNAL);
	assert_int_equal(e.tid, second);
	assert_int_equal(e.signal, SIGUSR1);
	assert_int_equal(trace_next_of(second, &e), 0);
	assert_int_equal(e.kind, TRACE_NOTHING);
	trace_kill(second);
	stops_expect(TRACE_SIGNAL, first, SIGURG);
	trace_kill(first);
	assert_int_equal(
	    waitid(P_PID, (id_t)first, &info, WEXITED | WNOWAIT | __WALL), 0);
	assert_int_equal(trace_next_of(first, &e), 0);
	assert_int_equal(e.kind, TRACE_EXITED);
	assert_int_equal(e.signal, SIGKILL);
	/* Gone; and somebody of whom we never were the tracer. */
	assert_int_equal(trace_next_of(first, &e), 0);
	assert_int_equal(e.kind, TRACE_NOTHING);
	assert_int_equal(trace_next_of(getppid(), &e), 0);
	assert_int_equal(e.kind, TRACE_NOTHING);
	stops_expect(TRACE_EXITED, second, SIGKILL);
}

/* clang-format off */
#define CASE(sentence, function, state) \
	{ sentence, function, NULL, asker_clear, state }

static const struct CMUnitTest tests[] = {
	CASE("who is gone cannot be seized, and does no harm",
	    nobody_test, NULL),
	CASE("a group stop is listened to until SIGCONT",
	    group_stop_test, NULL),
	CASE("who is let go with a signal gets it", let_go_test, NULL),
	CASE("the signal that ended a tracee is told once", crash_test, NULL),
	CASE("who is asked by name is heard before others, and alone",
	    by_name_test, NULL),
	CASE("a held process's fork is attached and reported",
	    held_fork_test, NULL),
	CASE("a held process's vfork is attached and reported",
	    held_fork_test, (void *)(uintptr_t)"vfork"),
	CASE("the fork of who is not held is nobody's business",
	    free_fork_test, NULL),
};
/* clang-format on */

int
main(void)
{
	const struct rlimit none = { 0, 0 };

	/* What crashes here leaves no core file. */
	(void)setrlimit(RLIMIT_CORE, &none);
	return cmocka_run_group_tests_name("trace: hold", tests, NULL, NULL);
}

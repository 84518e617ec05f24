/*
 * sweep_test.c - who is under one session's filter dies, and nobody else.
 */
#include "guardd/kernel/sweep.h"

#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <sys/syscall.h>

#include "common/io.h"
#include "guardd/kernel/proc.h"
#include "guardd/kernel/trace.h"
#include "tests/kernel/own_proc.h"
#include "tests/kernel/stops.h"
#include "tests/kernel/sweep_plan.h"

#define OURS   UINT64_C(0x0123456789abcdef)
#define THEIRS UINT64_C(0x0123456789abcdee)
#define HALF   UINT64_C(0xfedcba9889abcdef) /* the same lower half */
#define ALICE  61001
#define OTHER  61009
#define SWEEPS 100 /* more than any of these cases can need */

static int proc;

static void
expect_alive(struct plan *plan)
{
	turn_go(&plan->turn);
	expect_echo(plan);
}

static void
plan_release(struct plan *plan)
{
	turn_release(&plan->turn);
}

static bool
is_alice(uid_t real, void *context)
{
	return *(const bool *)context && real == ALICE;
}

static bool
is_alice_or_root(uid_t real, void *context UNUSED)
{
	return real == ALICE || real == 0;
}

static bool
is_held(pid_t pid UNUSED, void *context UNUSED)
{
	return true;
}

static bool
is_known(pid_t pid UNUSED, uint64_t start UNUSED, void *context UNUSED)
{
	return false;
}

/* No case has one that would be: state D is passed over. */
static void
give_up(pid_t pid UNUSED, void *context UNUSED)
{
	fail();
}

/* As the guard does: sweep, hear what there is to hear, sweep again. */
static unsigned
sweep_once(struct sweep *order)
{
	unsigned n = sweep_kill(order);
	struct trace_event event;

	do {
		assert_int_equal(trace_next(&event), 0);
	} while (event.kind != TRACE_NOTHING);
	return n;
}

static struct sweep
order_of(uint64_t since, bool *is_alice_spared)
{
	return (struct sweep){
		.proc = proc,
		.cookie = OURS,
		.since = since,
		.context = is_alice_spared,
		.is_spared = is_alice,
		.is_user = is_alice_or_root,
		.is_held = is_held,
		.is_known = is_known,
		.give_up = give_up,
	};
}

static void
sweep(uint64_t since, bool is_alice_spared)
{
	SCOPED(sweep_release)
	struct sweep order = order_of(since, &is_alice_spared);
	unsigned n = 1;

	for (int i = 0; n > 0; i++) {
		assert_true(i < SWEEPS);
		n = sweep_once(&order);
	}
}

/* Nobody who was to die can write any more. */
static void
expect_dead(struct plan *plan)
{
	assert_int_equal(turn_heard(&plan->turn), 0);
}

static void
cookie_test(void **state UNUSED)
{
	SCOPED(plan_release) struct plan one = { 0 };
	SCOPED(plan_release) struct plan two = { .is_filtered_again = true };
	SCOPED(plan_release) struct plan other = { 0 };
	SCOPED(plan_release) struct plan half = { 0 };
	SCOPED(plan_release) struct plan bare = { 0 };
	uint64_t since;

	asker_stage();
	since = proc_start(proc, start(&one, OURS)->pid);
	(void)start(&two, OURS);
	(void)start(&other, THEIRS);
	(void)start(&half, HALF);
	(void)start(&bare, 0);
	sweep(since, false);
	expect_dead(&one);
	expect_dead(&two);
	expect_alive(&other);
	expect_alive(&half);
	expect_alive(&bare);
}

static void
spared_test(void **state UNUSED)
{
	SCOPED(plan_release) struct plan root = { 0 };
	SCOPED(plan_release) struct plan alice = { .uid = ALICE };
	uint64_t since;

	asker_stage();
	since = proc_start(proc, start(&alice, OURS)->pid);
	(void)start(&root, OURS);
	sweep(since, true);
	expect_dead(&root);
	expect_alive(&alice);
	sweep(since, false);
	expect_dead(&alice);
}

static void
tracee_test(void **state UNUSED)
{
	SCOPED(plan_release) struct plan held = { 0 };
	pid_t pid;

	asker_stage();
	pid = start(&held, OURS)->pid;
	assert_int_equal(trace_seize(pid, true), 0);
	sweep(proc_start(proc, pid), false);
	expect_dead(&held);
}

static void
stopped_test(void **state UNUSED)
{
	SCOPED(plan_release) struct plan stopped = { 0 };
	pid_t pid;
	int status;

	asker_stage();
	pid = start(&stopped, OURS)->pid;
	assert_int_equal(kill(pid, SIGSTOP), 0);
	assert_int_equal(waitpid(pid, &status, WUNTRACED), pid);
	sweep(proc_start(proc, pid), false);
	expect_dead(&stopped);
}

static void
orphan_test(void **state UNUSED)
{
	SCOPED(plan_release) struct plan orphan = { .is_child = true };
	const struct asker *parent;
	uint64_t since;

	asker_stage();
	since = proc_start(proc, getpid());
	parent = start(&orphan, OURS);
	assert_int_equal(asker_end(parent->pid), 0);
	sweep(since, false);
	expect_dead(&orphan);
}

static void
older_test(void **state UNUSED)
{
	SCOPED(plan_release) struct plan older = { 0 };
	pid_t pid;

	asker_stage();
	pid = start(&older, OURS)->pid;
	sweep(proc_start(proc, pid) + 1, false);
	expect_alive(&older);
}

/* Who is looked at and let be keeps no tracer, and no signal is lost. */
static void
untouched_test(void **state UNUSED)
{
	SCOPED(plan_release) struct plan other = { 0 };
	struct proc_status status;
	pid_t pid;

	asker_stage();
	pid = start(&other, THEIRS)->pid;
	sweep(proc_start(proc, pid), false);
	expect_alive(&other);
	assert_int_equal(proc_status(proc, pid, &status), 0);
	assert_int_equal(status.tracer, 0);
	assert_int_equal(kill(pid, SIGTERM), 0);
	assert_int_equal(WTERMSIG(asker_end(pid)), SIGTERM);
}

/*
 * Attached it cannot be let go again before it stops; and what is attached
 * without need must neither be killed for it nor be left in its stop.
 */
static void
vfork_test(void **state UNUSED)
{
	SCOPED(plan_release) struct plan other = { .is_in_vfork = true };
	struct proc_status status;
	pid_t pid;

	asker_stage();
	pid = start(&other, THEIRS)->pid;
	sweep(proc_start(proc, pid), false);
	sweep(proc_start(proc, pid), false);
	assert_int_equal(proc_status(proc, pid, &status), 0);
	assert_int_equal(status.tracer, 0);
	expect_alive(&other);
}

/* The parent is older than the child, and so is looked at before it dies. */
static void
vforked_test(void **state UNUSED)
{
	SCOPED(plan_release) struct plan one = { .is_in_vfork = true };
	bool is_alice_spared = false;
	SCOPED(sweep_release)
	struct sweep order = order_of(0, &is_alice_spared);
	struct proc_status status = { 0 };
	int rounds = 0;
	pid_t pid;

	asker_stage();
	pid = start(&one, OURS)->pid;
	order.since = proc_start(proc, pid);
	while (status.state != 'D') {
		assert_int_equal(proc_status(proc, pid, &status), 0);
		trace_await_news(1);
	}
	assert_int_equal(sweep_once(&order), 1);
	assert_int_equal(order.n_waiting, 1);
	while (sweep_once(&order) > 0 || order.n_waiting > 0) {
		assert_true(rounds++ < 1000);
		trace_await_news(1);
	}
	/* He may have said a word. */
	assert_true(proc_status(proc, pid, &status) < 0 || status.state == 'Z');
}

static bool
is_in_poll(pid_t pid)
{
	char name[32], text[256];

	(void)snprintf(name, sizeof(name), "%d/syscall", (int)pid);
	return io_read_text(proc, name, text, sizeof(text)) > 0 &&
	       atoi(text) == SYS_poll;
}

/* A stop would be its end; who has another filter is of some session. */
static void
boxed_test(void **state UNUSED)
{
	SCOPED(plan_release)
	struct plan other = { .uid = OTHER, .is_boxed = true };
	SCOPED(plan_release)
	struct plan ours = { .uid = OTHER, .is_boxed = true };
	SCOPED(plan_release)
	struct plan alice = { .uid = ALICE };
	uint64_t since;
	pid_t pid;

	asker_stage();
	pid = start(&other, 0)->pid;
	since = proc_start(proc, pid);
	(void)start(&ours, OURS);
	(void)start(&alice, OURS);
	while (!is_in_poll(pid))
		(void)sched_yield();
	sweep(since, false);
	expect_alive(&other);
	expect_dead(&ours);
	expect_dead(&alice);
}

/* A documented limit: one whom nobody holds and who looks like such a sandbox.
 * Who is held is known. */
static void
gave_up_test(void **state UNUSED)
{
	SCOPED(plan_release)
	struct plan free = { .uid = OTHER, .gives_up = true };
	SCOPED(plan_release)
	struct plan held = { .uid = OTHER, .gives_up = true };
	uint64_t since;
	pid_t pid;

	asker_stage();
	since = proc_start(proc, start(&free, OURS)->pid);
	pid = start(&held, OURS)->pid;
	assert_int_equal(trace_seize(pid, true), 0);
	sweep(since, false);
	expect_alive(&free);
	expect_dead(&held);
}

/* SIGCHLD is blocked, as in the guard. */
static int
open_proc(void **state UNUSED)
{
	sigset_t child;

	(void)sigemptyset(&child);
	(void)sigaddset(&child, SIGCHLD);
	proc = proc_open();
	return proc < 0 || sigprocmask(SIG_BLOCK, &child, NULL) < 0 ? -1 : 0;
}

/* clang-format off */
#define CASE(sentence, function) \
	{ sentence, function, NULL, asker_clear, NULL }

static const struct CMUnitTest tests[] = {
	CASE("who carries the cookie dies, and nobody else", cookie_test),
	CASE("who is spared is spared", spared_test),
	CASE("a tracee of ours dies", tracee_test),
	CASE("who is stopped dies", stopped_test),
	CASE("who has lost his parent dies", orphan_test),
	CASE("who is older than the session is left alone", older_test),
	CASE("who is let be is as he was before", untouched_test),
	CASE("who is in a sandbox of his own is not even looked at",
	    boxed_test),
	CASE("a documented limit: who looks like one is let be, unless held",
	    gave_up_test),
	CASE("who cannot stop now, and is not ours, is let be", vfork_test),
	CASE("who cannot stop before his child is dead, is told of and dies",
	    vforked_test),
};
/* clang-format on */

static int
run_all(void)
{
	return cmocka_run_group_tests_name("sweep", tests, open_proc, NULL);
}

/* Every process that a sweep can see is looked at: let it see ours alone. */
int
main(void)
{
	if (geteuid() != 0)
		return cmocka_run_group_tests_name("sweep", tests, NULL, NULL);
	return own_proc_run(run_all);
}

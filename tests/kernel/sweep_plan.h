/*
 * sweep_plan.h - processes of several kinds, who say whether they are alive.
 *
 * Test code, for the tests of guardd/kernel.
 */
#ifndef EXECGUARD_SWEEP_PLAN_H
#define EXECGUARD_SWEEP_PLAN_H

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sys/syscall.h>

#include "tests/kernel/filtered.h"
#include "tests/kernel/turn.h"

struct plan {
	struct turn turn;
	uid_t uid;
	bool is_filtered_again;
	bool is_child;    /* of one who is gone */
	bool is_boxed;    /* and dies of restart_syscall */
	bool gives_up;    /* no_new_privs */
	bool is_in_vfork; /* cannot stop until its child is told to end */
};

/* Allow everything: a filter of the user's own, on top of ours. */
static inline int
filter_again(void)
{
	struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	const struct sock_fprog program = { 1, &allow };

	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
}

/* As sshd's child before a login. */
static inline int
box(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_restart_syscall, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = { LENGTH(filter), filter };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
}

static inline void
say(void)
{
	if (write(TURN_OUT, "", 1) != 1)
		_exit(92);
}

/* Says that it is there, and again whenever it is asked. */
static inline void
body_echo(const void *arg)
{
	const struct plan *plan = arg;

	turn_take(&plan->turn);
	if (plan->is_filtered_again && filter_again() < 0)
		_exit(90);
	if (setresuid(plan->uid, plan->uid, plan->uid) < 0)
		_exit(91);
	if (plan->gives_up && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		_exit(94);
	if (plan->is_boxed && box() < 0)
		_exit(93);
	if (plan->is_child && fork() != 0)
		_exit(0);
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (plan->is_in_vfork && vfork() == 0) {
		say();
		turn_await();
		_exit(0);
	}
	for (;;) {
		struct pollfd asked = { .fd = TURN_IN, .events = POLLIN };

		say();
		if (plan->is_boxed)
			(void)poll(&asked, 1, ASKER_SECONDS * 1000);
		turn_await();
	}
}

static inline void
expect_echo(struct plan *plan)
{
	char byte;

	assert_int_equal(read(plan->turn.from_body[0], &byte, 1), 1);
}

static inline struct asker *
start(struct plan *plan, uint64_t cookie)
{
	struct asker *asker;

	turn_open(&plan->turn);
	asker = cookie == 0 ? asker_spawn(body_echo, plan)
	                    : asker_start(cookie, body_echo, plan);
	fd_release(&plan->turn.from_body[1]);
	plan->turn.from_body[1] = -1;
	expect_echo(plan);
	return asker;
}

#endif

/*
 * privileges_test.c - what is left, and that nothing of it comes back.
 *
 * Each case has a child that drops its privileges, looks at itself, and ends
 * with the number of the first thing that is not as it should be.
 */
#include "guardd/kernel/privileges.h"

#include <errno.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <cmocka.h>

#define BIT(capability) (UINT64_C(1) << (capability))
#define EVERY                                                                  \
	(BIT(CAP_SYS_PTRACE) | BIT(CAP_CHECKPOINT_RESTORE) | BIT(CAP_KILL) |   \
	    BIT(CAP_DAC_READ_SEARCH) | BIT(CAP_SETUID) | BIT(CAP_SETGID))

enum set {
	EFFECTIVE,
	PERMITTED,
	INHERITABLE
};

/* All bits set: cannot be told. */
static uint64_t
set_of(enum set set)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
	uint64_t sets[3] = { 0 };

	if (syscall(SYS_capget, &head, data) < 0)
		return UINT64_MAX;
	for (size_t i = 0; i < LENGTH(data); i++) {
		sets[EFFECTIVE] |= (uint64_t)data[i].effective << (32 * i);
		sets[PERMITTED] |= (uint64_t)data[i].permitted << (32 * i);
		sets[INHERITABLE] |= (uint64_t)data[i].inheritable << (32 * i);
	}
	return sets[set];
}

static bool
holds(uint64_t wanted)
{
	return set_of(EFFECTIVE) == wanted && set_of(PERMITTED) == wanted &&
	       set_of(INHERITABLE) == 0;
}

static void
drop(enum privileges kept)
{
	const char *what = "";

	if (privileges_drop(kept, &what) != 0)
		_exit(1);
}

/* Of a child that ran body: 0, or what it objected to. */
static int
objection(void (*body)(void))
{
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0) {
		body();
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void
body_session(void)
{
	drop(PRIVILEGES_SESSION);
	if (!holds(EVERY))
		_exit(2);
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
		_exit(3);
	if (prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0)
		_exit(4);
	for (unsigned long i = 0; i < 64; i++)
		if (prctl(PR_CAPBSET_READ, i, 0, 0, 0) > 0)
			_exit(5);
}

static void
session_test(void **state)
{
	(void)state;
	assert_true((set_of(PERMITTED) & EVERY) == EVERY);
	assert_int_equal(objection(body_session), 0);
}

static void
body_sweep(void)
{
	drop(PRIVILEGES_SWEEP);
	if (!holds(EVERY | BIT(CAP_SYS_ADMIN)))
		_exit(2);
}

static void
sweep_test(void **state)
{
	(void)state;
	assert_int_equal(objection(body_sweep), 0);
}

static void
body_none(void)
{
	uid_t before[3], after[3];

	if (getresuid(&before[0], &before[1], &before[2]) < 0)
		_exit(2);
	drop(PRIVILEGES_NONE);
	if (!holds(0))
		_exit(3);
	if (getresuid(&after[0], &after[1], &after[2]) < 0)
		_exit(4);
	for (int i = 0; i < 3; i++)
		if (before[i] != after[i])
			_exit(5);
}

static void
body_none_as_user(void)
{
	if (setresuid(61001, 61001, 61001) < 0)
		_exit(10);
	body_none();
}

static void
none_test(void **state)
{
	(void)state;
	assert_int_equal(objection(body_none), 0);
	assert_int_equal(objection(body_none_as_user), 0);
}

/* The ids of root, which it may take, give nothing back. */
static void
body_root_again(void)
{
	const struct rlimit more = { RLIM_INFINITY, RLIM_INFINITY };
	const struct rlimit less = { 100, 100 };

	drop(PRIVILEGES_SESSION);
	if (setresuid(61001, 61001, 61001) < 0 || !holds(EVERY))
		_exit(2);
	if (setresuid(0, 0, 0) < 0 || !holds(EVERY))
		_exit(3);
	if (setrlimit(RLIMIT_NOFILE, &less) < 0)
		_exit(4);
	if (setrlimit(RLIMIT_NOFILE, &more) == 0 || errno != EPERM)
		_exit(5);
	if (prctl(PR_SET_SECUREBITS, 0, 0, 0, 0) == 0 || errno != EPERM)
		_exit(6);
	if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) == 0 || errno != EPERM)
		_exit(7);
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_KILL, 0, 0) == 0 ||
	    errno != EPERM)
		_exit(8);
}

static void
root_again_test(void **state)
{
	(void)state;
	assert_int_equal(objection(body_root_again), 0);
}

/* A program of root's, run as root: 0 if it holds nothing. */
static void
body_program(void)
{
	(void)execl("/bin/sh", "sh", "-c",
	    "! grep -E '^Cap' /proc/self/status | grep -Eqv ':.0+$'", NULL);
	_exit(100);
}

static void
body_program_of_guard(void)
{
	drop(PRIVILEGES_SWEEP);
	if (setresuid(0, 0, 0) < 0)
		_exit(101);
	body_program();
}

static void
exec_test(void **state)
{
	(void)state;
	/* Root's own program does hold something. */
	assert_int_equal(objection(body_program), 1);
	assert_int_equal(objection(body_program_of_guard), 0);
}

static const struct CMUnitTest tests[] = {
	{ "a guard holds what is listed and no more", session_test, NULL, NULL,
	    NULL },
	{ "one that may end sessions reads filters, too", sweep_test, NULL,
	    NULL, NULL },
	{ "a user's own guard holds nothing, and stays who he is", none_test,
	    NULL, NULL, NULL },
	{ "no id, limit, or bit brings anything back", root_again_test, NULL,
	    NULL, NULL },
	{ "what it executes holds nothing, as root either", exec_test, NULL,
	    NULL, NULL },
};

int
main(void)
{
	return cmocka_run_group_tests_name("privileges", tests, NULL, NULL);
}

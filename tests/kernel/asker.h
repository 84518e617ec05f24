/*
 * asker.h - small processes for the tests of guardd/kernel.
 *
 * Test code.  Nobody sleeps: what is waited for comes by a descriptor or by
 * waitid(2), and an alarm ends a case that waits for nothing.
 */
#ifndef EXECGUARD_ASKER_H
#define EXECGUARD_ASKER_H

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "common/scope.h"

#define ASKER_SECONDS 30 /* a case may take, on a busy machine */
#define ASKERS        8

struct asker {
	pid_t pid;
	int listener; /* owned by the stage; -1: not filtered */
};

typedef void asker_body(const void *arg);

/* Everybody whom this case started. */
static struct asker asker_all[ASKERS];
static size_t n_askers;

/* The first line of each case. */
static inline void
asker_stage(void)
{
	if (geteuid() != 0)
		skip();
	(void)alarm(ASKER_SECONDS);
}

/* The teardown of each case: nobody and nothing is left. */
static inline int
asker_clear(void **state UNUSED)
{
	for (size_t i = 0; i < n_askers; i++)
		(void)kill(-asker_all[i].pid, SIGKILL);
	while (waitpid(-1, NULL, __WALL) > 0)
		;
	for (size_t i = 0; i < n_askers; i++)
		fd_release(&asker_all[i].listener);
	n_askers = 0;
	(void)alarm(0);
	return 0;
}

/* A child in a process group of its own that runs body and never returns. */
static inline struct asker *
asker_spawn(asker_body *body, const void *arg)
{
	struct asker *asker = &asker_all[n_askers];

	assert_true(n_askers < ASKERS);
	asker->listener = -1;
	asker->pid = fork();
	if (asker->pid == 0) {
		(void)setpgid(0, 0);
		/* The handler of cmocka would go on with the tests. */
		(void)signal(SIGSEGV, SIG_DFL);
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		body(arg);
		_exit(99);
	}
	assert_true(asker->pid > 0);
	n_askers++;
	(void)setpgid(asker->pid, asker->pid);
	return asker;
}

/* The wait status of a child that ends. */
static inline int
asker_end(pid_t pid)
{
	int status = 0;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

#endif

/*
 * blocked.h - keep a signal pending.
 *
 * Test code.
 */
#ifndef EXECGUARD_BLOCKED_H
#define EXECGUARD_BLOCKED_H

#include <signal.h>
#include <stddef.h>

static inline void
block(int signal)
{
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, signal);
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
}

#endif

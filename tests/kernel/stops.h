/*
 * stops.h - what tracees have to say, in its order.
 *
 * Test code, for the tests of guardd/kernel that trace.
 */
#ifndef EXECGUARD_STOPS_H
#define EXECGUARD_STOPS_H

#include "guardd/kernel/trace.h"
#include "tests/kernel/asker.h"

/* The next thing that a child or a tracee of ours has to say. */
static inline struct trace_event
stops_next(void)
{
	struct trace_event event = { 0 };
	siginfo_t info;

	assert_int_equal(
	    waitid(P_ALL, 0, &info, WEXITED | WSTOPPED | WNOWAIT | __WALL), 0);
	assert_int_equal(trace_next(&event), 0);
	return event;
}

/* The signal counts where there is one. */
static inline void
stops_expect(enum trace_kind kind, pid_t tid, int signal)
{
	struct trace_event event = stops_next();

	assert_int_equal(event.kind, kind);
	assert_int_equal(event.tid, tid);
	if (kind == TRACE_SIGNAL || kind == TRACE_GROUP_STOP ||
	    kind == TRACE_EXITED)
		assert_int_equal(event.signal, signal);
}

static inline void
stops_expect_nothing(void)
{
	struct trace_event event = { .kind = TRACE_OTHER };

	assert_int_equal(trace_next(&event), 0);
	assert_int_equal(event.kind, TRACE_NOTHING);
}

#endif

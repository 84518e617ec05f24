/*
 * waiting.h - execs that wait for the inspector.
 *
 * Floor 2.  A question waits where it is, in the kernel; a tracee in its exec
 * stop.  When the answer is there each is served again from the beginning: what
 * was looked at before may have changed.
 */
#ifndef EXECGUARD_WAITING_H
#define EXECGUARD_WAITING_H

#include "common/scope.h"
#include "guardd/inspector.h"
#include "guardd/kernel/notify.h"
#include "guardd/tracees.h"

struct session;

struct parked {
	bool is_explained; /* nobody's: an exec that is only explained */
	pid_t tracee;      /* 0: it is a question */
	struct question q; /* still pending, or its asker has gone */
	struct waiting waiting;
};

/* More questions than this stay with the listener. */
#define WAITING_QUESTIONS 32

struct parking {
	struct parked *at; /* owned */
	size_t n, room;
	size_t n_questions;
};

void waiting_release(struct parking *parking);

/* Let a question, a tracee or an explanation wait.  Returns 0, or -EBUSY
 * when nobody may wait any more, or -ENOMEM. */
int waiting_park(struct session *s, const struct question *q,
    const struct waiting *waiting) MUST_CHECK;
int waiting_stay(struct session *s, const struct tracee *t) MUST_CHECK;
int waiting_explain(
    struct session *s, const struct waiting *waiting) MUST_CHECK;

/* The inspector has something to say, or is overdue, or has gone.  Returns 0
 * or the negative errno with which the guard must end. */
int waiting_hear(struct session *s) MUST_CHECK;
int waiting_look_at_clock(struct session *s) MUST_CHECK;

#endif

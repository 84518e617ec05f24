/*
 * watch.h - what tracees have to say: each gets one step of tracee.h's table.
 *
 * Floor 2.
 */
#ifndef EXECGUARD_WATCH_H
#define EXECGUARD_WATCH_H

#include <stdint.h>

#include "common/scope.h"
#include "guardd/tracees.h"

struct session;

#define WATCH_BUSY 16

/*
 * SIGCHLD is not queued: the one that is taken names one tracee, and others
 * may have something to say for which none was sent.  Nearly always it is one
 * that was heard a moment ago, or was born.  To find all, the kernel looks at
 * every tracee: among a few that is done at once, among many so often that it
 * takes a ninth of the time at most.
 */
struct watch {
	bool is_owed;  /* a SIGCHLD was taken, and nobody has looked since */
	uint64_t next; /* not before then; ns of CLOCK_MONOTONIC */
	pid_t busy[WATCH_BUSY]; /* who was heard last, the last one first */
};

/* Serve every tracee that has something to say.  Returns 0 or a negative
 * errno that the guard cannot go on with; so do the others. */
int watch_serve(struct session *s) MUST_CHECK;

/* A SIGCHLD was taken, and named tid: serve him, and the others now or in a
 * while. */
int watch_hear(struct session *s, pid_t tid) MUST_CHECK;

/* A SIGCHLD was taken, and its name is lost: look at the next turn. */
void watch_owe(struct session *s);

/* Look at all if it is owed and time to; and how many ns there are until
 * then, or -1. */
int watch_look(struct session *s) MUST_CHECK;
int64_t watch_patience_ns(const struct session *s);

/* Take one step for tid, as its record and event say; makes and removes the
 * record.  signal goes with ACT_RESUME and ACT_LET_GO. */
void watch_step(
    struct session *s, pid_t tid, enum tracee_event event, int signal);

/* The same exec stop once more, of one who waits in it for the inspector. */
void watch_confirm(struct session *s, pid_t tid);

#endif

/*
 * session.h - the life of one session; owns everything below.
 *
 * Floor 2.  The guard is root until it has read what only root may, and then
 * what kernel/privileges.h says; it is nobody's child, in no terminal's
 * session, and ends when the last process under its filter is gone.
 */
#ifndef EXECGUARD_SESSION_H
#define EXECGUARD_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "common/scope.h"
#include "guardd/collect.h"
#include "guardd/control.h"
#include "guardd/debuggers.h"
#include "guardd/event.h"
#include "guardd/explanation.h"
#include "guardd/guests.h"
#include "guardd/journal.h"
#include "guardd/latency.h"
#include "guardd/notice.h"
#include "guardd/options.h"
#include "guardd/permit.h"
#include "guardd/refusals.h"
#include "guardd/shared.h"
#include "guardd/sink.h"
#include "guardd/unconfirmed.h"
#include "guardd/waiting.h"
#include "guardd/watch.h"

enum session_phase {
	PHASE_OVER = 0,
	PHASE_HELLO,      /* the starter has yet to say who logs in */
	PHASE_LISTENER,   /* the starter installs the filter */
	PHASE_EXPLAINING, /* and then it is over */
	PHASE_SERVING,
	PHASE_LAST, /* nobody can ask any more; the last ends are yet to hear */
};

/* Sessions inside this one that talk to us at this moment. */
#define CALLERS_MAX 8

struct session {
	struct guardd_options options;
	enum session_phase phase;
	int proc;     /* /proc */
	int starter;  /* until it has heard that we are ready */
	int children; /* SIGCHLD, by signalfd(2) */
	int listener;
	int callers[CALLERS_MAX]; /* -1: free */
	struct viewpoint view;
	uint64_t cookie;    /* in our filter, and in no other's */
	bool has_libraries; /* our filter asks about them, too */
	bool may_sweep;     /* we have kept what on_logout = kill needs */
	char id[17];
	uint64_t began; /* ms of CLOCK_BOOTTIME */
	struct policies policies;
	struct guests guests;
	struct permits permits;
	struct tracees tracees;
	struct watch watch;
	struct ledger ledger;
	struct shared shared;
	struct inspector inspector;
	struct parking parking;
	struct known known;
	struct debuggers debuggers;
	struct unconfirmed unconfirmed;
	struct sink sink;
	struct journal journal;
	struct control control;
	struct notice_limit notices;
	struct event_counters counters;
	struct latency asks, confirms;
	struct refusals refusals;
	pid_t stuck; /* see attach.c */
	uint64_t stuck_until;
	struct facts facts; /* of the exec at hand */
	struct explanation explanation;
};

/* Returns 0 or a negative errno; the caller releases s in any case. */
int session_open(
    const struct guardd_options *options, struct session *s) MUST_CHECK;
void session_release(struct session *s);

/*
 * What loop.c waits for: a descriptor (-1: not now), and what to do when
 * something is there.  revents is poll(2)'s.  Returns 0, or the negative
 * errno with which the guard must end.
 */
int session_on_starter(struct session *s, short revents) MUST_CHECK;
int session_on_children(struct session *s, short revents) MUST_CHECK;
int session_on_listener(struct session *s, short revents) MUST_CHECK;
int session_on_inspector(struct session *s, short revents) MUST_CHECK;
int session_on_caller(
    struct session *s, size_t which, short revents) MUST_CHECK;

/* How long the loop may wait: -1 while the session is served and nobody owes
 * anything; and what to do when nothing came for that long. */
int64_t session_patience_ns(const struct session *s);
void session_on_silence(struct session *s);

/* What is to be done at every turn of the loop, whatever has come. */
int session_on_turn(struct session *s) MUST_CHECK;

static inline bool
session_is_over(const struct session *s)
{
	return s->phase == PHASE_OVER ||
	       (s->phase == PHASE_LAST && s->tracees.n == 0);
}

/* Who speaks in an event about guest (NULL: the login). */
struct event_source session_source(
    struct session *s, const struct guest *guest);

#endif

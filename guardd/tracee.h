/*
 * tracee.h - where one traced process stands: a table of states.
 *
 * Pure.  Zero is the end of the road: a pair that is missing from the table
 * kills.
 *
 *	            ask: allowed          exec stop: permitted
 *	(not attached) ------> GRANTED ----------+--> let go
 *	                          |              |
 *	  any other stop: it      |              v
 *	  failed, or a signal     '-> let go    HELD <-- NEWBORN
 *	  interrupted it                         |  ^   (forked by a held
 *	                            ask: allowed v  |    process)
 *	                                   HELD_GRANTED
 */
#ifndef EXECGUARD_TRACEE_H
#define EXECGUARD_TRACEE_H

enum tracee_state {
	TRACEE_GONE = 0, /* not attached, or killed and as good as gone */
	TRACEE_GRANTED,  /* attached for one exec that ask allowed */
	TRACEE_LEAVING,  /* let go at its next stop: the question vanished, or
	                    a debugger waits for it */
	TRACEE_NEWBORN,  /* forked by a held process, attached by the kernel */
	TRACEE_HELD,     /* attached for life: segvguard counts its crash */
	TRACEE_HELD_GRANTED, /* the same, and an exec was allowed */
	TRACEE_WAITING, /* in its exec stop, until the inspector has spoken */
	TRACEE_FROZEN,  /* denied with action = stop: left in its exec stop */
	TRACEE_STATES,
};

enum tracee_event {
	EVENT_EXEC_DENIED = 0, /* exec stop: this image must not run */
	EVENT_EXEC_STOPPED,    /* the same, action = stop */
	EVENT_EXEC_HOLD,  /* exec stop: permitted, and policy wants it held */
	EVENT_EXEC_FREE,  /* exec stop: permitted, and nothing more to see */
	EVENT_EXEC_WAITS, /* exec stop: what was loaded is being inspected */
	EVENT_ASKED,      /* an exec was allowed; the answer goes out now */
	EVENT_ASK_LOST,   /* the asker did not wait for the answer */
	EVENT_SIGNAL,     /* about to get a signal */
	EVENT_GROUP_STOP, /* stopped by job control */
	EVENT_TRAP,       /* began to be traced, interrupted, or continued */
	EVENT_FORK,       /* has forked */
	EVENT_WANTED,     /* a debugger that policy permits waits for it */
	EVENT_EXIT,
	TRACEE_EVENTS,
};

enum tracee_act {
	ACT_KILL = 0,
	ACT_RESUME, /* with the signal, if there was one */
	ACT_LISTEN, /* stay stopped, and hear SIGCONT */
	ACT_LET_GO,
	ACT_INTERRUPT, /* make it stop, so that it can be let go */
	ACT_FORGET,
	ACT_NOTHING,
};

struct tracee_step {
	enum tracee_state next;
	enum tracee_act act;
};

struct tracee_step tracee_step(
    enum tracee_state state, enum tracee_event event);

/* For -d and for tests. */
const char *tracee_state_name(enum tracee_state state);
const char *tracee_event_name(enum tracee_event event);

#endif

/*
 * unconfirmed.h - execs that nobody stops for us, because another tracer has
 * the process.
 *
 * Floor 2.  Ask has decided, and confirm cannot: what runs is looked at as soon
 * as it can be seen, and killed when it is not what was allowed and may not
 * run. Some of its instructions have run by then.
 *
 * Nothing here waits: each is looked at after one millisecond, then after two,
 * four, ... until there is another image, or until the asker has been out of
 * his call for UNCONFIRMED_MS.
 */
#ifndef EXECGUARD_UNCONFIRMED_H
#define EXECGUARD_UNCONFIRMED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/scope.h"
#include "guardd/tracees.h"

struct guest;
struct request;
struct session;

#define UNCONFIRMED_MAX      256 /* at once; who comes after them is refused */
#define UNCONFIRMED_MS       2000
#define UNCONFIRMED_EVERY_MS 250 /* the longest pause between two looks */

/* What a process runs, as far as it can be seen from outside. */
struct appearance {
	struct file_id program;
	uint64_t arguments; /* proc_arguments() */
};

struct unseen {
	pid_t pid, tid;     /* the process, and its thread that asked */
	int process;        /* owned; proc_pin() */
	uint64_t call[3];   /* the first arguments of its call */
	struct grant grant; /* owns its path */
	struct appearance before;
	uint64_t next, until; /* ms of CLOCK_BOOTTIME */
	unsigned pause_ms;
};

struct unconfirmed {
	struct unseen *at; /* owned */
	size_t n;
	const struct guest
	    *ending; /* whose session one of them ends, or NULL */
};

void unconfirmed_release(struct unconfirmed *all);

/*
 * r's exec is about to go on with nobody attached.  Returns 0; or a negative
 * errno, and it must not: nobody would look.
 */
int unconfirmed_note(struct session *s, const struct request *r) MUST_CHECK;

/* What this thread (0: any) of a process asked for is over: it asks anew, or
 * its process is in an exec stop of ours. */
void unconfirmed_forget(struct unconfirmed *all, pid_t pid, pid_t tid);

/* Look at those whose turn has come. */
void unconfirmed_on_turn(struct session *s);

/* How long until then; -1: there are none. */
int unconfirmed_patience_ms(const struct unconfirmed *all, uint64_t now);

#endif

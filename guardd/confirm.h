/*
 * confirm.h - the second phase: the images themselves, before their first
 * instruction.
 *
 * Floor 2.  This is the judgement that counts.
 */
#ifndef EXECGUARD_CONFIRM_H
#define EXECGUARD_CONFIRM_H

#include <stdbool.h>

#include "common/scope.h"
#include "guardd/tracee.h"
#include "guardd/tracees.h"

struct collector;
struct facts;
struct session;
struct verdict;

/*
 * t is stopped with a new image mapped.  Judge it, record it, and say what
 * became of it: one of the EVENT_EXEC_*.  t->program becomes the new one.
 *
 * Everything that cannot be found out is a denial.
 */
enum tracee_event confirm_images(struct session *s, struct tracee *t);

/* What was found of an image that runs already. */
enum seen {
	SEEN_DENIED = 0, /* recorded; the caller kills it */
	SEEN_FATAL,      /* the same, and the whole session is to end */
	SEEN_LATER,      /* the inspector has yet to speak: look again */
	SEEN_PERMITTED,
};

/*
 * pid runs another program than it did, and not the one that ask allowed: judge
 * the program, as the file that it is.  Its loader, its script and its memory
 * are its own to show, and are not asked.  For unconfirmed.h.
 */
enum seen confirm_running(struct session *s, pid_t pid, struct grant *grant);

/* An exec that nobody makes, as if it had been made: its files, open. */
struct supposed {
	int program;
	int loader;       /* -1: it has none */
	const char *name; /* what was asked for; borrowed */
};

/* What confirm would say of it, about facts, which collect_begin() has begun.
 * False: it waits for the inspector. */
bool confirm_supposed(const struct collector *c, const struct supposed *exec,
    struct facts *facts, struct verdict *out) MUST_CHECK;

#endif

/*
 * permit.h - an exemption that ends by itself.
 *
 * Floor 2.  A guest who has one is judged by a policy of his own: the one that
 * he has, read again, without one check, or with one more path in its except.
 * It is in this guard's memory alone: a reload ends it, and so does the end of
 * the session.
 */
#ifndef EXECGUARD_PERMIT_H
#define EXECGUARD_PERMIT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/order.h"
#include "common/scope.h"
#include "policy/parse.h"
#include "policy/policy.h"

#define PERMITS 16

struct session;

struct permit {
	uint64_t until; /* ms of CLOCK_BOOTTIME; 0: none */
	uid_t uid;
	struct policies own; /* owned: what judges him meanwhile */
	char *check;         /* owned; "": all */
	char *path;          /* owned; "": every program */
};

struct permits {
	struct permit at[PERMITS];
};

/*
 * As order says: for its user, or for everybody who is judged here; its check
 * or all; its path or every program; for so many seconds.  In place of what the
 * same user had.
 *
 * Returns 0, or a negative errno with a sentence in why: then it is for nobody.
 */
int permit_begin(struct session *s, const struct order *order,
    char why[PARSE_WHY]) MUST_CHECK;

/* Before the policies change, or go. */
void permit_end_all(struct session *s);
void permit_release(struct permits *permits);

/* How long until one ends, in ms; -1: there is none.  And end those that have.
 */
int permit_patience_ms(const struct permits *permits, uint64_t now);
void permit_on_turn(struct session *s);

#endif

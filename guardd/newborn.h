/*
 * newborn.h - records of processes that a held one has forked.
 *
 * Floor 2.  The kernel attaches them to us; their parent's stop and their own
 * first one may be heard in any order.
 */
#ifndef EXECGUARD_NEWBORN_H
#define EXECGUARD_NEWBORN_H

#include <stdbool.h>
#include <sys/types.h>

#include "common/scope.h"

struct session;

/* parent has said that child is born (0: he was killed before he could say
 * whom). */
void newborn_announce(struct session *s, pid_t parent, pid_t child);

/* tid, of whom there is no record, stops before his parent has said so, or was
 * killed first.  Returns whether there is a record now. */
bool newborn_learn(struct session *s, pid_t tid) MUST_CHECK;

#endif

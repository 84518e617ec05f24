/*
 * libraries.h - questions about code that comes without an exec: mmap(2),
 * mprotect(2) and what goes round them.
 *
 * Floor 2.  For policies with tpe.libraries, in sessions whose filter asks
 * (gate/filter.h).  Anonymous memory is nobody's business here.
 */
#ifndef EXECGUARD_LIBRARIES_H
#define EXECGUARD_LIBRARIES_H

#include <stdbool.h>

#include "common/scope.h"
#include "guardd/collect.h"
#include "policy/decide.h"

struct loaded;
struct question;
struct session;

/* Whether a policy wants them judged. */
static inline bool
libraries_matter(const struct policy *policy)
{
	return policy->tpe.is_on && policy->tpe.libraries;
}

/* Answer a question of mmap, mprotect, personality or shmat.  Returns 0, or a
 * negative errno with which the guard must end. */
int libraries_serve(struct session *s, const struct question *q) MUST_CHECK;

/*
 * At the exec stop of c->tid: a program for which the kernel makes every
 * readable mapping executable could not be asked about its libraries (a 32-bit
 * one without PT_GNU_STACK).  Returns verdict, or the objection to it.
 */
struct verdict libraries_confirm(const struct collector *c,
    const struct loaded *loaded, struct verdict verdict);

#endif

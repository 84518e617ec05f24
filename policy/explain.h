/*
 * explain.h - a verdict in words: for event, terminal, CLI and tests alike.
 *
 * Floor 1a, pure.  All texts are static.
 */
#ifndef EXECGUARD_EXPLAIN_H
#define EXECGUARD_EXPLAIN_H

#include "policy/decide.h"
#include "policy/facts.h"

/* "tpe", "segvguard", "exec", "guard". */
const char *explain_check(enum check check);

/* The slug of a reason: "outside-roots", "suspended", ... */
const char *explain_reason(enum reason reason);

/* One clause for people: "it lies below no trusted root". */
const char *explain_sentence(enum reason reason);

/*
 * The keyword that would change the answer: "tpe.roots"; "" for none.  A
 * reason that several checks share has the bare word: "except".
 */
const char *explain_tip(enum reason reason);

/* "program", "loader", "script", "interpreter", "library". */
const char *explain_role(enum image_role role);

#endif

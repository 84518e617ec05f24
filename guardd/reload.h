/*
 * reload.h - a running session gets the policy as it is now.
 *
 * Floor 2.  All of it, or nothing: who of this session can have the new policy
 * is found out before anything is changed.  What was counted stays, and a user
 * keeps the groups that he had at his login.
 */
#ifndef EXECGUARD_RELOAD_H
#define EXECGUARD_RELOAD_H

#include "common/scope.h"
#include "policy/parse.h"

struct session;

/*
 * Returns 0, or a negative errno with one sentence, or FILE:LINE: and a clause,
 * in why; nothing has changed then.
 *
 * A user whom no policy names any more is not judged any more, but asks: the
 * filter of his session stays.
 */
int reload_policies(struct session *s, char why[PARSE_WHY]) MUST_CHECK;

#endif

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

struct guest;
struct session;

/*
 * Returns 0, or a negative errno with one sentence, or FILE:LINE: and a clause,
 * in why; nothing has changed then.
 *
 * A user whom no policy names any more is not judged any more, but asks: the
 * filter of his session stays.
 */
int reload_policies(struct session *s, char why[PARSE_WHY]) MUST_CHECK;

/*
 * Its three steps, for who wants another set of policies: read it; which of
 * them is guest's; and read what that one needs, or say why this session cannot
 * have it.
 */
int reload_read(const struct session *s, struct policies *out,
    char why[PARSE_WHY]) MUST_CHECK;
const struct policy *reload_choose(const struct session *s,
    const struct policies *policies, const struct guest *guest);
int reload_prepare(const struct session *s, struct policies *policies,
    const struct policy *policy, char why[PARSE_WHY]) MUST_CHECK;

#endif

/*
 * listed.h - the manifests that a policy names, read.
 *
 * Floor 1a, but not pure: common/trusted.h reads the files.
 */
#ifndef EXECGUARD_LISTED_H
#define EXECGUARD_LISTED_H

#include <sys/types.h>

#include "policy/parse.h"
#include "policy/policy.h"

/*
 * Read the manifests of a policy, if it has any and they have not been read.
 * They are trusted as the policy is: root's, or also's.
 *
 * Returns 0, or a negative errno with one sentence, or FILE:LINE: and a clause,
 * in why; the policy has no manifest then, and is not to be used.
 */
int listed_load(
    struct policy *policy, uid_t also, char why[PARSE_WHY]) MUST_CHECK;

#endif

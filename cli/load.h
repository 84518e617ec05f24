/*
 * load.h - the policy as a guard reads it, and who gets what of it.
 */
#ifndef EXECGUARD_CLI_LOAD_H
#define EXECGUARD_CLI_LOAD_H

#include "cli/who.h"
#include "common/trusted.h"
#include "policy/parse.h"
#include "policy/policy.h"

/*
 * The files and folders of paths (NULL-terminated), of root's or of also's
 * (common/trusted.h), in their order.
 *
 * Returns 0, or a negative errno with a sentence in why.  The caller releases
 * out.
 */
int load_files(char *const *paths, uid_t also, struct trusted_files *out,
    char why[TRUSTED_WHY]) MUST_CHECK;

/* What they say, with the manifests that they name.  Returns 0, or a negative
 * errno with a line in why, which begins with FILE:LINE where there is one. */
int load_policies(const struct trusted_files *files, uid_t also,
    struct policies *out, char why[PARSE_WHY]) MUST_CHECK;

/* Which applies to a user.  Returns 0 and a borrowed policy, or NULL for none;
 * or -ENOMEM. */
int load_choose(const struct policies *policies, const struct who *who,
    const struct policy **out) MUST_CHECK;

#endif

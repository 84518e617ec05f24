/*
 * ground.h - the policies of this host, brought down to its filesystems.
 *
 * Floor 2.  Reads the policy folder (common/trusted.h, policy/parse.h) and
 * looks up what the texts name: roots that are symbolic links, and the
 * devices that the roots are on.
 */
#ifndef EXECGUARD_GROUND_H
#define EXECGUARD_GROUND_H

#include <stdint.h>
#include <sys/types.h>

#include "common/scope.h"
#include "policy/parse.h"
#include "policy/policy.h"

/*
 * Load the folder or file conf.  also may own it besides root.
 *
 * Returns 0, or a negative errno with a sentence (or FILE:LINE: ...) in why.
 * The caller releases out with policies_release().
 */
int ground_load(const char *conf, uid_t also, struct policies *out,
    char why[PARSE_WHY]) MUST_CHECK;

#define GROUND_DEVICES 16

/* The devices that the policy's roots are on, as st_dev shows them.  Returns
 * how many of them were put into out. */
size_t ground_devices(
    const struct policy *policy, uint64_t out[GROUND_DEVICES]);

#endif

/*
 * doubts.h - what of a policy is legal, and yet hardly meant.
 */
#ifndef EXECGUARD_CLI_DOUBTS_H
#define EXECGUARD_CLI_DOUBTS_H

struct policies;
struct policy;

/* Called for each, with a clause; policy is NULL where it is about none. */
typedef void doubts_hear(
    const struct policy *policy, const char *what, void *context);

void doubts_tell(
    const struct policies *policies, doubts_hear *hear, void *context);

#endif

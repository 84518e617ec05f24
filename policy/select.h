/*
 * select.h - user and groups to a policy.
 *
 * Floor 1a, pure.
 */
#ifndef EXECGUARD_SELECT_H
#define EXECGUARD_SELECT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "policy/policy.h"

struct group_name {
	gid_t gid;
	const char *name; /* borrowed; "" when the gid has no name */
};

struct subject {
	uid_t uid;
	const char *user;                /* borrowed */
	const struct group_name *groups; /* borrowed */
	size_t n_groups;
};

/*
 * The policy that applies to who, or NULL when none does.
 *
 * The first that names the user in users; else the first that names one of
 * his groups; else the first that names neither users nor groups.  A policy
 * whose except_users or except_groups names him is passed over in all three.
 * uid 0 is found only by a word of users that is no pattern ("root", "0",
 * "0-99"): never through "*", through a group or by default.
 *
 * A word is a glob over the name ('*', '?', sets), or a number, or a range of
 * numbers "1000-1999" over the uid or gid.
 */
const struct policy *select_policy(
    const struct policies *policies, const struct subject *who);

enum id_range {
	ID_RANGE_BROKEN = 0, /* digits and dashes, but no number and no range */
	ID_RANGE_NONE,       /* a name, or a pattern of names */
	ID_RANGE_FOUND,
};

/* The ids that word names by number; low and high only with ID_RANGE_FOUND. */
enum id_range select_range(const char *word, uint32_t *low, uint32_t *high);

#endif

/*
 * groups.h - all groups of a user, or the reason why they are not known.
 *
 * Floor 1c.  The policy is chosen by them: a list that is short of one could
 * choose another policy, or none, so what cannot be read whole is an error.
 */
#ifndef EXECGUARD_GROUPS_H
#define EXECGUARD_GROUPS_H

#include <stdint.h>
#include <sys/types.h>

#include "common/scope.h"
#include "common/wire.h"

/*
 * Ask the name service for the groups of user, whose primary one is primary.
 * getgrouplist(3) leaves out what it has no memory or descriptor to read, and
 * limits may come from a user (su(1) inherits his ulimit): they are lifted for
 * as long as it takes, as far as we may, and then there must be room.
 *
 * Returns 0; -E2BIG for more than WIRE_GROUPS, or a name that is too long;
 * -ENOMEM or -EMFILE where there is no room; or what the name service said.
 * The caller frees *out.  A group without a name has an empty one.
 */
int groups_look_up(const char *user, gid_t primary, struct wire_group **out,
    uint32_t *out_n) MUST_CHECK;

#endif

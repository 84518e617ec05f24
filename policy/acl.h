/*
 * acl.h - who may write, by the bytes of a POSIX ACL.
 *
 * Floor 1a, pure.  The format is that of the extended attribute
 * system.posix_acl_access (acl(5); linux/posix_acl_xattr.h, version 2): a
 * little-endian 32-bit version, then entries of tag, permission and id.
 */
#ifndef EXECGUARD_ACL_H
#define EXECGUARD_ACL_H

#include "common/span.h"
#include "policy/facts.h"

/*
 * Put the named users and groups who may write (their entry has write, and so
 * has the mask) into node, and group_is_masked when the owning group's own
 * entry lacks it.  Bytes that are no ACL, or more writers than there is room
 * for, set acl_overflow: nobody can be trusted then.
 */
void acl_writers(struct span acl, struct node *node);

#endif

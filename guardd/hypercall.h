/*
 * hypercall.h - a PAM session inside this one asks for a socket to us.
 *
 * Floor 2.
 */
#ifndef EXECGUARD_GUARD_HYPERCALL_H
#define EXECGUARD_GUARD_HYPERCALL_H

struct question;
struct session;

/* common/magic.h.  Refused with EPERM to all but effective uid 0 in our own
 * user namespace. */
void hypercall_answer(struct session *s, const struct question *q);

#endif

/*
 * calls.h - the hypercall.
 *
 * Floor 2.
 */
#ifndef EXECGUARD_CALLS_H
#define EXECGUARD_CALLS_H

struct question;
struct session;

/*
 * The hypercall (common/magic.h): a PAM session inside this one gets a socket
 * to us.  Refused with EPERM to all but effective uid 0 in our own user
 * namespace.
 */
void calls_hypercall(struct session *s, const struct question *q);

#endif

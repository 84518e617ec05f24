/*
 * welcome.h - who logs in, and under which policy: the talk of common/wire.h.
 *
 * Floor 2.
 */
#ifndef EXECGUARD_WELCOME_H
#define EXECGUARD_WELCOME_H

#include "common/span.h"
#include "common/wire.h"

struct session;

/* The starter's HELLO: load the policies, choose, and be ready for the
 * listener; or say why not. */
void welcome_login(
    struct session *s, struct span bytes, struct wire_reply *reply);

/* A HELLO of a session inside this one. */
void welcome_guest(
    struct session *s, struct span bytes, struct wire_reply *reply);

/* Its GOODBYE, or the login's. */
void welcome_goodbye(
    struct session *s, struct span bytes, struct wire_reply *reply);

#endif

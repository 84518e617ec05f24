/*
 * guests.h - for whom PAM sessions were opened under this guard.
 *
 * Floor 2.  The first is the login; su, sudo, a daemon restarted from a
 * guarded shell add more.  A guest stays when his session closes: what he
 * left running is still his.
 */
#ifndef EXECGUARD_GUESTS_H
#define EXECGUARD_GUESTS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "common/wire.h"
#include "guardd/ground.h"
#include "policy/policy.h"
#include "policy/select.h"

/* Only root can add one; more distinct users than this are refused. */
#define GUESTS_MAX 1024

struct guest {
	uid_t uid;
	unsigned n_open;             /* PAM sessions not yet closed */
	const struct policy *policy; /* borrowed from the session; NULL: none */
	char user[WIRE_TEXT];
	char service[WIRE_TEXT]; /* of his first session here */
	char tty[WIRE_TEXT];
	char rhost[WIRE_TEXT];
	struct group_name *groups; /* owned: those that he had at his login */
	size_t n_groups;
	size_t n_devices;
	uint64_t devices[GROUND_DEVICES];
};

struct guests {
	struct guest **at; /* owned; at[0] is the login */
	size_t n;
};

void guests_release(struct guests *guests);

/*
 * A session was opened for hello's user, who gets policy.  Returns 0, -ENOMEM
 * or -EUSERS.  A user who is known keeps the policy that he has.
 */
int guests_open(struct guests *guests, const struct wire_hello *hello,
    const struct policy *policy) MUST_CHECK;

void guests_close(struct guests *guests, uid_t uid);

/* From now on policy is his. */
void guests_give(struct guest *guest, const struct policy *policy);

/* Whether a session of this user's was opened here. */
bool guests_have(const struct guests *guests, uid_t uid);

/*
 * Whose policy judges a process of this real uid: the guest of that uid; for
 * uid 0 without a session of its own, nobody's (NULL); else the login's.
 */
const struct guest *guests_judge(const struct guests *guests, uid_t uid);

/* Whether a guest is judged at all. */
static inline bool
guest_is_exempt(const struct guest *guest)
{
	return guest == NULL || guest->policy == NULL;
}

#endif

/*
 * ledger.h - crashes, suspensions and time (given, never read).
 *
 * Floor 1a, pure but for the memory it allocates at the first crash of a
 * user: a fixed LEDGER_PLACES places for each of at most LEDGER_USERS users.
 *
 * Bounded so that a flood cannot hurt anybody but the flooder: one user never
 * takes another's place, and neither a suspension nor a crash that still counts
 * is evicted.  When no place of a user is free, the programs that have none
 * share one *overflow* place: they are counted, and suspended, together, and
 * while that suspension lasts none of them gets a place of its own.
 */
#ifndef EXECGUARD_LEDGER_H
#define EXECGUARD_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "policy/facts.h"
#include "policy/policy.h"

#define LEDGER_USERS  1024
#define LEDGER_PLACES 256

struct ledger_user;

struct ledger {
	struct ledger_user **users; /* owned; sorted by uid */
	size_t n_users;
	bool has_lost; /* a crash could not be recorded */
};

void ledger_release(struct ledger *ledger);

/*
 * Record one crash of image by user at now (ms of CLOCK_BOOTTIME).
 *
 * A crash whose age is rules->expiry_s or more is forgotten.  The crash that
 * makes rules->maxcrashes suspends the image until now + suspension_s, and
 * its count starts again from nothing.
 *
 * Returns true when this very crash began a suspension.  Out of memory, or
 * more than LEDGER_USERS users: the crash is not recorded, and every image of
 * a user without a page counts as suspended until the ledger is released.
 */
bool ledger_crash(struct ledger *ledger, const struct segvguard_rules *rules,
    uid_t user, struct file_id image, uint64_t now);

/*
 * Until when image is suspended for user, in ms of CLOCK_BOOTTIME; 0 when it
 * is not.  A suspension is over when now reaches its end.
 */
uint64_t ledger_suspended_until(const struct ledger *ledger, uid_t user,
    struct file_id image, uint64_t now);

/* How many crashes younger than expiry_s image has; for events. */
unsigned ledger_count(const struct ledger *ledger,
    const struct segvguard_rules *rules, uid_t user, struct file_id image,
    uint64_t now);

/*
 * Forget image's suspension and crashes (all of user's: image is NULL).  An
 * image that has no place is forgiven together with the overflow place.
 */
void ledger_forgive(
    struct ledger *ledger, uid_t user, const struct file_id *image);

/* By what path an image that crashed was known, for people; copied. */
void ledger_name(
    struct ledger *ledger, uid_t user, struct file_id image, const char *path);

/* What is counted of one image, at the time that was asked for. */
struct ledger_entry {
	uid_t user;
	bool is_overflow; /* of those that found no place: image is nothing */
	struct file_id image;
	const char *path;   /* borrowed; NULL: nobody has said it */
	unsigned n_crashes; /* since the last suspension, and not forgotten */
	uint64_t last;      /* ms of CLOCK_BOOTTIME */
	uint64_t suspended_until; /* 0: it is not */
};

/* Call visit for all that counts, or is suspended, at now. */
void ledger_walk(const struct ledger *ledger, uint64_t now,
    void (*visit)(const struct ledger_entry *entry, void *context),
    void *context);

/* Whether a death by this signal is a crash: its default action is Core
 * (signal(7)), however RLIMIT_CORE stands. */
bool ledger_is_crash(int signal);

#endif

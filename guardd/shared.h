/*
 * shared.h - crashes that the sessions of a user share: segvguard, scope =
 * user.
 *
 * Floor 2.  RUN_PATH/UID.crashes holds the user's page of the ledger; the file
 * is the guards' own, outlives his sessions, and not the next boot.  Where
 * there is none, because the folder cannot be used, a session counts for
 * itself, and the log says so.
 */
#ifndef EXECGUARD_SHARED_H
#define EXECGUARD_SHARED_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/locked.h"
#include "policy/facts.h"
#include "policy/policy.h"

struct guest;
struct program;
struct session;

struct shared_user {
	uid_t uid;
	bool is_lost; /* it could not be opened: not tried again */
	struct locked file;
};

struct shared {
	struct shared_user *at; /* owned */
	size_t n;
	char *page; /* owned: room for one */
};

void shared_release(struct shared *shared);

/* Before guest's exec is judged: what others have counted meanwhile. */
void shared_refresh(struct session *s, const struct guest *guest);

/* As ledger_crash() and ledger_forgive(), here and for his other sessions. */
bool shared_crash(struct session *s, const struct guest *guest,
    const struct program *program, uint64_t now);
void shared_forgive(
    struct session *s, const struct guest *guest, const struct file_id *image);

#endif

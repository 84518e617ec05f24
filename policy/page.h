/*
 * page.h - what a ledger has of one user, and that page as bytes.
 *
 * Floor 1a, pure but for the memory that it allocates; for ledger.c, and for
 * who keeps a page elsewhere.
 */
#ifndef EXECGUARD_PAGE_H
#define EXECGUARD_PAGE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/scope.h"
#include "common/span.h"
#include "policy/facts.h"
#include "policy/ledger.h"

#define OVERFLOW_PLACE LEDGER_PLACES

struct place {
	uint64_t suspended_until;
	uint64_t last; /* the latest crash, also one that no longer counts */
	uint64_t
	    forgotten_at; /* when that one is: nothing counts from then on */
	unsigned n;
	uint64_t times[MAXCRASHES_MAX]; /* the n that count, oldest first */
	char *path;                     /* owned; for people; NULL: not known */
};

/* The page of one user.  Keys lie apart: every exec looks through them. */
struct ledger_user {
	uid_t uid;
	size_t n_places;
	struct file_id keys[LEDGER_PLACES];
	struct place places[LEDGER_PLACES + 1];
};

/* The page of uid; NULL: there is none.  And one made; NULL: out of memory, or
 * there are LEDGER_USERS. */
struct ledger_user *page_find(const struct ledger *ledger, uid_t uid);
struct ledger_user *page_make(struct ledger *ledger, uid_t uid) MUST_CHECK;

void page_clear_place(struct place *place);
void page_clear(struct ledger_user *page);

/*
 * The page of user as bytes, and back.  A long path is not in it.  take returns
 * 0, -EPROTO for bytes that are no page, or -ENOMEM; the ledger is as it was on
 * failure.
 */
size_t page_size(void);
void page_put(const struct ledger *ledger, uid_t user, void *dst);
int page_take(struct ledger *ledger, uid_t user, struct span page) MUST_CHECK;

#endif

/*
 * link.h - ask the guards of this host: guardd/control.h is the other end.
 */
#ifndef EXECGUARD_CLI_LINK_H
#define EXECGUARD_CLI_LINK_H

#include <stdbool.h>
#include <stddef.h>

#include "common/record.h"
#include "common/scope.h"
#include "common/wire.h"

#define LINK_ID 17 /* room for a session's name */

struct link {
	int fd;
	char id[LINK_ID];
	char *bytes; /* owned: what has come and is no whole line yet */
	size_t len, room;
	bool is_ended;  /* the guard has said that this was all */
	char why[1024]; /* and what was wrong with the order; "" */
};

struct links {
	struct link *at; /* owned */
	size_t n;
	int newcomers; /* inotify(7) of the folder; 0: nobody asked for it */
	bool is_short; /* a guard would not answer, and that was said */
};

void links_release(struct links *links);

/*
 * Whom a verb is about: the session whose name begins with id, or all (NULL).
 * Each that answers is given the order, or none is.  The socket of a guard that
 * was killed is taken away.
 *
 * Returns 0; -ENOENT (no such session), -ENOTUNIQ (several begin so), -EACCES
 * (we are not root) or another negative errno.  No session is no error.
 */
int link_open(
    const char *id, const struct order *order, struct links *out) MUST_CHECK;

/* The same for sessions that are not in links yet; from then on link_follow()
 * also returns when a session begins. */
int link_join(
    const char *id, const struct order *order, struct links *links) MUST_CHECK;

/* Say on stderr what either returned. */
void link_blame(const char *id, int r);

/* Called for each record that comes. */
typedef void link_hear(
    const struct link *from, const struct record *line, void *context);

/*
 * Hear what has come on one; waits if nothing has.  Returns 1 when there may be
 * more, 0 when that was all, or a negative errno; -EPROTO: no answer of ours.
 */
int link_read(struct link *link, link_hear *hear, void *context) MUST_CHECK;

/*
 * Wait until something comes, and hear it; who has ended is taken out of
 * links, and who will not be followed says why.  Returns how many are left, or
 * a negative errno of poll(2).
 */
int link_follow(struct links *links, link_hear *hear, void *context) MUST_CHECK;

/*
 * The whole answers of all, one after the other.  Says on stderr what went
 * wrong; a session that ended meanwhile is none of that.  Returns an exit
 * status.
 */
int link_ask(const char *id, const struct order *order, link_hear *hear,
    void *context) MUST_CHECK;

#endif

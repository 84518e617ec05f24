/*
 * control.h - what an administrator may ask of a running guard.
 *
 * Floor 2.  A socket RUN_PATH/SESSION.sock (unix(7), SOCK_SEQPACKET), for uid 0
 * alone: by its mode, and by SO_PEERCRED.  An order is wire.h's; the answer is
 * lines of records.  Nobody is waited for: what a slow reader does not take is
 * kept, up to CONTROL_BEHIND, and who follows events and falls back further
 * misses some and is told how many.
 */
#ifndef EXECGUARD_CONTROL_H
#define EXECGUARD_CONTROL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/scope.h"

#define CONTROL_CALLERS 4
#define CONTROL_BEHIND  262144 /* bytes */

struct session;

struct control_caller {
	int fd;    /* -1: free */
	char *out; /* owned: what is yet to be sent */
	size_t len, room, sent;
	bool is_torn; /* out of memory: the answer has no end */
	bool is_following;
	uint64_t next; /* the event that it has yet to hear */
	uint64_t n_missed;
};

struct control {
	int folder; /* -1: there is no socket */
	int listener;
	char name[32]; /* in folder */
	struct control_caller callers[CONTROL_CALLERS];
};

/* Nothing is open; control_release() is allowed. */
void control_init(struct control *control);

/* The folder alone: who only explains is asked by nobody else. */
int control_open_folder(struct control *out) MUST_CHECK;

/*
 * While we are root.  The folder is made if there is none, and belongs to whom
 * the guard becomes, so that it can take its socket away at the end.
 *
 * Returns 0 or a negative errno: the session is then served without.
 */
int control_open(const char *id, struct control *out) MUST_CHECK;
void control_release(struct control *control);

/* As in session.h.  They never end the guard. */
void control_on_listener(struct session *s);
void control_on_caller(struct session *s, size_t which, short revents);
void control_on_turn(struct session *s);

/* poll(2)'s events for a caller. */
short control_awaits(const struct control_caller *caller);

#endif

/*
 * contents.h - what the file of an image holds.
 *
 * Floor 2.  Only the inspector reads a file: here is opened, and asked.
 */
#ifndef EXECGUARD_CONTENTS_H
#define EXECGUARD_CONTENTS_H

#include <stdbool.h>

#include "guardd/collect.h"

enum learnt {
	LEARNT_NOTHING = 0, /* it cannot be known */
	LEARNT_LATER,       /* the inspector has yet to say it */
	LEARNT,
};

/* Where an image is to be opened, should the inspector have to be asked. */
struct contents_from {
	int fd;                      /* -1: not here, but */
	const struct loader *loader; /* this one of c->tid, or (NULL) the
	                                program, to which nobody can be writing
	                                now: what was read while somebody could
	                                does not count */
};

/*
 * Learn what image holds: the head of the file, and where it was loaded and a
 * manifest lists it, its digest.
 *
 * LEARNT sets the facts that come of it, and *out, which is borrowed until the
 * loop's next turn; out may be NULL.  LEARNT_LATER sets c->waiting's ticket.
 */
enum learnt contents_learn(const struct collector *c,
    const struct contents_from *from, struct image *image,
    const struct inspection **out);

/* The same, if it is known already, or NULL: nothing is opened, and nobody is
 * asked. */
const struct inspection *contents_find(
    const struct collector *c, struct image *image);

/* Whether the policy asks what image holds, once it is loaded. */
bool contents_matter(const struct collector *c, const struct image *image);

#endif

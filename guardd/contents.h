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

/*
 * Learn what image holds.  fd leads to it; -1: it is the program of c->tid,
 * which is opened when the inspector must be asked.  is_firm: nobody can be
 * writing to it, and what was read while somebody could does not count.
 *
 * LEARNT sets the facts that come of it, and *out, which is borrowed until the
 * loop's next turn; out may be NULL.  LEARNT_LATER sets c->waiting's ticket.
 */
enum learnt contents_learn(const struct collector *c, int fd, bool is_firm,
    struct image *image, const struct inspection **out);

#endif

/*
 * scan.h - the words of a policy file, looked at before libconfuse reads it.
 *
 * Floor 1a, pure.  libconfuse drops bytes that it does not know without a
 * word ("{ /bin* }" becomes "/bin"), takes the end of a file for a closing
 * brace, expands "${VAR}", cuts a text at "\0" and counts lines wrongly behind
 * comments.  What it would misread is a fault here.
 */
#ifndef EXECGUARD_SCAN_H
#define EXECGUARD_SCAN_H

#include <stddef.h>

#include "common/scope.h"

struct scan_fault {
	unsigned line;
	const char *what;   /* static: one clause, without the byte */
	unsigned char byte; /* the offending one; 0: the clause says it all */
};

/*
 * Look through the len bytes of text and write blanks over its comments, so
 * that every line stays where it is.
 *
 * Returns 0, or -EINVAL with the first fault in out.
 */
int scan_clean(char *text, size_t len, struct scan_fault *out) MUST_CHECK;

/* Where the next section of a clean text is looked for; starts as TEXT, 1. */
struct scan_place {
	const char *at; /* borrowed from the text */
	unsigned line;
};

/*
 * The line of the next brace that opens a section (not a list); 0 when there
 * is none.
 */
unsigned scan_next_section(struct scan_place *place);

#endif

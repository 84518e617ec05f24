/*
 * explanation.h - what would become of an exec that nobody asks for.
 *
 * Floor 2.  A guard that was started for this (guardd -x) guards nobody: it
 * loads the policy as at a login, looks at the files as ask and confirm do, by
 * the path as its starter means it, and says what it found.  Nothing is
 * executed, traced or logged.
 *
 * The answer is lines of JSON, cut into messages anyhow:
 *
 *	{"explain": ...}  whose exec, under which policy
 *	{"image": ...}    each file, from what was named on, with all checks
 *	{"stop": ...}     why nothing is known beyond the last of them
 *	{"verdict": ...}  with the fields of an event; absent where the kernel
 *	                  refuses before the guard is asked to confirm
 *	{"end": "ok"}     or a sentence
 */
#ifndef EXECGUARD_EXPLANATION_H
#define EXECGUARD_EXPLANATION_H

#include <stdbool.h>

#include "common/span.h"
#include "guardd/request.h"

struct record;
struct session;

/* Why the images end where they do. */
enum stop {
	STOP_NONE = 0,
	STOP_PATH,        /* what was named cannot be opened: error */
	STOP_NO_PROGRAM,  /* a directory, a pipe, a device */
	STOP_UNREAD,      /* what it holds cannot be known */
	STOP_REFUSED,     /* what it holds is not looked at: refused already */
	STOP_SHEBANG,     /* its first line names no interpreter */
	STOP_INTERPRETER, /* it does, and that cannot be opened: error */
	STOP_DEEP,        /* too many interpreters */
	STOP_LOADER,      /* its ELF interpreter cannot be opened: error */
	STOP_LONG,        /* the name of that is not told */
	STOP_FORMAT,      /* neither script nor ELF */
	STOP_MALFORMED,   /* an ELF that the kernel may refuse */
	STOPS,
};

struct explanation {
	struct request r;
	bool is_asked;          /* ask has judged, */
	bool is_confirmed;      /* and confirm, if it would have been asked */
	struct record *verdict; /* owned: of the last that judged; NULL: none */
	enum stop stop;
	int error;      /* of STOP_PATH, STOP_INTERPRETER, STOP_LOADER */
	size_t n_chain; /* images from what was named to the program */
};

void explanation_release(struct explanation *explanation);

/* The starter's EXPLAIN; the answer may come later, and then all is over. */
void explanation_begin(struct session *s, struct span bytes);

/* The inspector has spoken: try again. */
void explanation_serve(struct session *s, struct waiting waiting);

#endif

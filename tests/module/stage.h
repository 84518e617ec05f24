/*
 * stage.h - a PAM application with a stack of its own, in a child process.
 *
 * Whatever a login does to its process stays in the child: what came of it is
 * told in a struct outcome.  Every child has a deadline.
 */
#ifndef EXECGUARD_TESTS_STAGE_H
#define EXECGUARD_TESTS_STAGE_H

#include <stdbool.h>
#include <sys/types.h>

#include "common/scope.h"

#define STAGE_TEXT 2048

/* What a play cannot do without. */
enum needs {
	NEEDS_NOTHING = 0,
	NEEDS_ROOT,
	NEEDS_GUARD, /* and root: the real guard, built */
};

/* What is done in the application before it opens the session. */
typedef void stage_setup(void);

struct play {
	const char *user;
	const char *options; /* of the PAM line; @ is the scratch folder, and
	                        a newline begins the next line */
	stage_setup *before; /* or NULL */
	int (*inside)(void); /* in the open session; 0 is well; or NULL */
	int flags;           /* of pam_open_session */
};

struct outcome {
	bool is_complete; /* false: it crashed, or its deadline passed */
	int opened;       /* PAM code of pam_open_session */
	int closed;       /* of pam_close_session */
	int inside;       /* what play.inside returned; -1: it was not run */
	int n_leaked;     /* descriptors after less descriptors before */
	bool is_signal_changed;
	bool is_filtered;      /* a seccomp filter is on after open_session */
	bool is_child_seen;    /* SIGCHLD came, or a wait found a child */
	char said[STAGE_TEXT]; /* to the user */
	char logged[STAGE_TEXT];
};

/* Make the scratch folder and what stands in it.  0, or -1 with errno. */
int stage_build(const char *module) MUST_CHECK;

/* Remove it all. */
void stage_strike(void);

/* A path in the scratch folder, in a static buffer. */
const char *stage_path(const char *name);

/* Copy a file into the scratch folder.  0, or -1 with errno. */
int stage_copy(const char *from, const char *name, mode_t mode) MUST_CHECK;

/* Write a text there.  0, or -1 with errno. */
int stage_write(const char *name, const char *text, mode_t mode) MUST_CHECK;

/* A performance that is under way. */
struct performance {
	pid_t child;
	int from; /* owned */
};

/* Begin; several may go on at once. */
struct performance stage_begin(const struct play *play);

/* Wait for the end, for 20 seconds at most. */
struct outcome stage_end(struct performance performance);

/* Both. */
struct outcome stage_play(const struct play *play);

#endif

/*
 * output.h - a file that replaces another one when it is complete.
 */
#ifndef EXECGUARD_CLI_OUTPUT_H
#define EXECGUARD_CLI_OUTPUT_H

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>

#include "common/scope.h"

/*
 * Until output_commit() all goes to another file in the same folder, which is
 * removed when that does not come.  SIGHUP, SIGINT and SIGTERM wait meanwhile:
 * they are sigpending(2), and heard at output_release().
 */
struct output {
	const char *path; /* borrowed; NULL: stdout */
	char *draft;      /* owned; NULL: there is none any more */
	FILE *stream;
	sigset_t waiting;      /* the signals that we block */
	struct stat stream_is; /* what is written, */
	struct stat old_is;    /* and what is replaced */
};

/* path is borrowed, NULL is stdout.  Returns 0 or a negative errno. */
int output_open(const char *path, struct output *out) MUST_CHECK;

/* Whether st is of a file that is being written, or replaced. */
bool output_is(const struct output *o, const struct stat *st);

/* All is written: flush it and put it in its place, mode 0644. */
int output_commit(struct output *o) MUST_CHECK;

/* Remove what was not committed; the zero value is fine. */
void output_release(struct output *o);

#endif

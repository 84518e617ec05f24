/*
 * progress.h - one line on a terminal that says how far we are.
 */
#ifndef EXECGUARD_CLI_PROGRESS_H
#define EXECGUARD_CLI_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct progress {
	bool is_on;
	bool is_shown;
	size_t n;         /* files so far */
	uint64_t next_ms; /* nothing is shown earlier */
};

/* Shown when it is wanted and stderr is a terminal. */
struct progress progress_start(bool is_wanted);

/* One more file. */
void progress_step(struct progress *p, const char *path);

/* Erase the line: something else is to be printed, or all is done. */
void progress_clear(struct progress *p);

#endif

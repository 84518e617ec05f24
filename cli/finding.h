/*
 * finding.h - what doctor found, with what to do about it.
 */
#ifndef EXECGUARD_CLI_FINDING_H
#define EXECGUARD_CLI_FINDING_H

#include <stdbool.h>
#include <stddef.h>

#include "common/scope.h"

/* The worst is zero. */
enum finding_level {
	FINDING_ERROR = 0, /* somebody whom policy names is not guarded, or
	                      nobody but root can log in */
	FINDING_WARNING,   /* less is enforced than it seems */
	FINDING_HINT,      /* could be better, or is not known */
	FINDING_OK,
	FINDING_LEVELS,
};

struct finding;

struct findings {
	struct finding *at; /* owned */
	size_t n;
	const char *about; /* static: what is being looked at */
	bool is_torn;      /* something was lost: out of memory */
};

void finding_release(struct findings *findings);

/* One sentence, without a final full stop.  It may hold foreign text. */
void finding_tell(struct findings *findings, enum finding_level level,
    const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The remedy of what was told last; every finding that is not ok has one. */
void finding_remedy(struct findings *findings, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* FINDING_OK where there is none. */
enum finding_level finding_worst(const struct findings *findings);

/* Print all on stdout, for people or as one object of JSON.  Returns 0, or
 * -ENOMEM when anything was lost. */
int finding_print(const struct findings *findings) MUST_CHECK;
int finding_print_json(const struct findings *findings) MUST_CHECK;

#endif

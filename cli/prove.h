/*
 * prove.h - that a changed stack lets people in.
 *
 * What is found is said on stderr.
 */
#ifndef EXECGUARD_CLI_PROVE_H
#define EXECGUARD_CLI_PROVE_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/change.h"
#include "common/scope.h"

struct who;

struct proof {
	struct change *changes;
	size_t n;
	const struct who *root;
	const struct who *user; /* NULL: nobody else is tried */
	bool is_enrolment;
};

/*
 * What a guard stands on, before any session: no guard above us, the guard and
 * its inspector, the policy; as the arguments of the line name them.  Returns 0
 * or a negative errno.
 */
int prove_ground(const char *arguments) MUST_CHECK;

/* Open sessions by the changed stacks, before PAM reads them: needs
 * trial_begin().  Returns 0, or -EPERM: they must not be put in place. */
int prove_before(const struct proof *proof) MUST_CHECK;

/* And by those that are in place. */
int prove_after(const struct proof *proof) MUST_CHECK;

#endif

/*
 * start.h - a guard that a verb starts: for whom, and by which policy.
 */
#ifndef EXECGUARD_CLI_START_H
#define EXECGUARD_CLI_START_H

#include <stdbool.h>

#include "cli/who.h"
#include "common/scope.h"
#include "common/wire.h"
#include "gate/enter.h"

struct start_options {
	const char *user; /* borrowed, as all of them; NULL: ourselves */
	const char *conf;
	const char *policy; /* NULL: by user */
	const char *guardd;
	bool is_debug;
};

#define START_USUAL                                                            \
	{                                                                      \
		.conf = CONF_PATH, .guardd = GUARDD_PATH                       \
	}

struct start {
	struct who who;
	struct wire_hello hello; /* borrows the groups of who */
	struct enter_options options;
	char *conf; /* owned; options borrow both */
	char *guardd;
};

void start_release(struct start *start);

/*
 * Root chooses the user, everybody else is himself; what he wanted, "run a
 * command as", is for the sentence that says so.  Returns -1, or, with a
 * sentence on stderr, the exit status.  The caller releases out in any case.
 */
int start_prepare(const struct start_options *options, const char *wanted,
    struct start *out) MUST_CHECK;

#endif

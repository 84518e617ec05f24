/*
 * options.h - guardd's command line.
 */
#ifndef EXECGUARD_GUARDD_OPTIONS_H
#define EXECGUARD_GUARDD_OPTIONS_H

#include <stdbool.h>

#include "common/scope.h"

struct guardd_options {
	int starter;        /* -f: socket to whoever started us */
	const char *conf;   /* -c: policy folder or file */
	const char *policy; /* -P: this policy, whoever the user is; or NULL */
	bool is_unprivileged; /* -u */
	bool is_debug;        /* -d */
	bool is_explaining;   /* -x: no session, one answer: explanation.h */
};

/* Returns 0 or -EINVAL. */
int options_read(int argc, char *argv[], struct guardd_options *out) MUST_CHECK;

#endif

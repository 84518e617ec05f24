/*
 * options.h - the arguments on the PAM line.
 *
 * Pure: touches nothing but its arguments.
 */
#ifndef EXECGUARD_MODULE_OPTIONS_H
#define EXECGUARD_MODULE_OPTIONS_H

#include <stdbool.h>

#include "common/scope.h"

struct options {
	const char *conf;      /* conf=DIR: the policy; default CONF_PATH */
	const char *guardd;    /* guardd=PATH: default GUARDD_PATH */
	bool lets_in_on_error; /* onerr=succeed; the default is fail */
	bool is_debug;         /* debug */
};

/*
 * Read all arguments; of one given twice the last counts.
 *
 * Returns 0, or with out untouched and *out_bad borrowed from argv
 *   -ENOENT   no such option
 *   -EINVAL   it takes another value: a path is absolute, onerr is "fail" or
 *             "succeed", debug takes none
 */
int options_parse(int argc, const char *const *argv, struct options *out,
    const char **out_bad) MUST_CHECK;

#endif

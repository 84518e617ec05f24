/*
 * check.h - whether a policy is right, for other verbs.
 */
#ifndef EXECGUARD_CLI_CHECK_H
#define EXECGUARD_CLI_CHECK_H

#include "common/scope.h"

/* Read the policy of a file or folder; what is wrong with it, or looks so, is
 * said on stderr.  Returns 0 or a negative errno. */
int check_policy(const char *path) MUST_CHECK;

#endif

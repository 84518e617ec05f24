/*
 * installed.h - the policy that the next login finds.
 */
#ifndef EXECGUARD_CLI_INSTALLED_H
#define EXECGUARD_CLI_INSTALLED_H

#include "common/scope.h"
#include "policy/parse.h"

/*
 * Read CONF_PATH.  Returns 0, or a negative errno with FILE:LINE and a clause,
 * or a sentence, in why.
 */
int installed_check(char why[PARSE_WHY]) MUST_CHECK;

#endif

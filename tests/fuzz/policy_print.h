/*
 * policy_print.h - policies as a text that says the same.
 */
#ifndef EXECGUARD_POLICY_PRINT_H
#define EXECGUARD_POLICY_PRINT_H

#include "policy/policy.h"

/* The caller frees it. */
char *policy_print(const struct policies *policies);

#endif

/*
 * describe.h - a policy in words, for people.
 */
#ifndef EXECGUARD_CLI_DESCRIBE_H
#define EXECGUARD_CLI_DESCRIBE_H

struct policy;

/* Print on stdout who gets the policy, and what each check asks for. */
void describe_policy(const struct policy *policy);

#endif

/*
 * show.h - a policy in words, for people.
 */
#ifndef EXECGUARD_SHOW_H
#define EXECGUARD_SHOW_H

struct policy;

/* Print on stdout who gets the policy, and what each check asks for. */
void show_policy(const struct policy *policy);

#endif

/*
 * explanation.h - what a guard says would become of an exec, for people.
 *
 * guardd/explanation.h has the lines.  Nothing is judged here; what the guard
 * leaves to the kernel, the kernel is asked.
 */
#ifndef EXECGUARD_CLI_EXPLANATION_H
#define EXECGUARD_CLI_EXPLANATION_H

#include <stdbool.h>

#include "common/record.h"
#include "common/scope.h"

struct explanation {
	struct record *all; /* owned: "explain", "images", "stop", "kernel",
	                       "verdict", "answer" */
	bool has_arguments; /* words behind the program */
};

void explanation_release(struct explanation *explanation);

/* One line of the guard. */
void explanation_hear(
    struct explanation *explanation, const struct record *line);

/* No policy applies: the guard has no say. */
void explanation_unguarded(
    struct explanation *explanation, const char *path, const char *user);

/* Whether we may execute the files; execve(2) would ask the same. */
void explanation_ask_kernel(struct explanation *explanation);

enum answer {
	ANSWER_UNKNOWN = 0,
	ANSWER_RUNS,
	ANSWER_GUARD,  /* the guard refuses */
	ANSWER_KERNEL, /* it does not, but the kernel does */
};

enum answer explanation_answer(const struct explanation *explanation);

/* Whether the word for an action is that of a refusal. */
bool explanation_is_refusal(const char *action);

#endif

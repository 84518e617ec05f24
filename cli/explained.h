/*
 * explained.h - an explanation, printed for people.
 */
#ifndef EXECGUARD_CLI_EXPLAINED_H
#define EXECGUARD_CLI_EXPLAINED_H

#include "cli/explanation.h"

/* Each image with its checks and directories, what is not known, the answer,
 * and on the last line what would change it. */
void explained_print(const struct explanation *explanation);

#endif

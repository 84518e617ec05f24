/*
 * sentence.h - an event as a line for people.
 */
#ifndef EXECGUARD_CLI_SENTENCE_H
#define EXECGUARD_CLI_SENTENCE_H

#include "common/record.h"

/* Print an event (execguard-events(5)) on stdout: when, whose, what, why.
 * Foreign text is escaped. */
void sentence_print(const struct record *event);

#endif

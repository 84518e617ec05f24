/*
 * journal.h - the last events of a session, as the lines that they are.
 *
 * Floor 2.  Memory: JOURNAL lines, each as long as an event.
 */
#ifndef EXECGUARD_JOURNAL_H
#define EXECGUARD_JOURNAL_H

#include <stddef.h>
#include <stdint.h>

#define JOURNAL 256

struct journal {
	char *lines[JOURNAL]; /* owned; the i-th event's at i % JOURNAL */
	uint64_t n;           /* how many there have been */
};

void journal_release(struct journal *journal);

/* Keep a line, which becomes the journal's, in place of the oldest. */
void journal_put(struct journal *journal, char *line);

/* The first event that is still known: 0, or n less what is kept. */
uint64_t journal_first(const struct journal *journal);

/* The i-th event, borrowed until the next put; NULL: not known, or yet to
 * come. */
const char *journal_at(const struct journal *journal, uint64_t i);

#endif

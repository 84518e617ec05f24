/*
 * journal.h - the last events of a session, as the lines that they are.
 *
 * Floor 2.  Memory: JOURNAL lines, and JOURNAL_BYTES of them: how long one is
 * its user decides, with the names of his files.
 */
#ifndef EXECGUARD_JOURNAL_H
#define EXECGUARD_JOURNAL_H

#include <stddef.h>
#include <stdint.h>

#define JOURNAL       256
#define JOURNAL_BYTES 1048576

struct journal {
	char *lines[JOURNAL]; /* owned; the i-th event's at i % JOURNAL */
	uint64_t first;       /* the oldest that is kept */
	uint64_t n;           /* how many there have been */
	size_t bytes;         /* of all lines that are kept */
};

void journal_release(struct journal *journal);

/* Keep a line, which becomes the journal's, in place of the oldest ones. */
void journal_put(struct journal *journal, char *line);

/* The first event that is still known; n: none. */
uint64_t journal_first(const struct journal *journal);

/* The i-th event, borrowed until the next put; NULL: not known, or yet to
 * come. */
const char *journal_at(const struct journal *journal, uint64_t i);

#endif

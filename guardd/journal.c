#include "guardd/journal.h"

#include <stdlib.h>

void
journal_release(struct journal *journal)
{
	for (size_t i = 0; i < JOURNAL; i++)
		free(journal->lines[i]);
	*journal = (struct journal){ 0 };
}

void
journal_put(struct journal *journal, char *line)
{
	char **place = &journal->lines[journal->n % JOURNAL];

	free(*place);
	*place = line;
	journal->n++;
}

uint64_t
journal_first(const struct journal *journal)
{
	return journal->n > JOURNAL ? journal->n - JOURNAL : 0;
}

const char *
journal_at(const struct journal *journal, uint64_t i)
{
	if (i < journal_first(journal) || i >= journal->n)
		return NULL;
	return journal->lines[i % JOURNAL];
}

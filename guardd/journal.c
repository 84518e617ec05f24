#include "guardd/journal.h"

#include <stdlib.h>
#include <string.h>

void
journal_release(struct journal *journal)
{
	for (size_t i = 0; i < JOURNAL; i++)
		free(journal->lines[i]);
	*journal = (struct journal){ 0 };
}

static void
drop_oldest(struct journal *journal)
{
	char **place = &journal->lines[journal->first % JOURNAL];

	journal->bytes -= strlen(*place);
	free(*place);
	*place = NULL;
	journal->first++;
}

void
journal_put(struct journal *journal, char *line)
{
	size_t len = strlen(line);

	while (journal->first < journal->n &&
	       (journal->n - journal->first == JOURNAL ||
		   journal->bytes + len > JOURNAL_BYTES))
		drop_oldest(journal);
	journal->lines[journal->n++ % JOURNAL] = line;
	journal->bytes += len;
}

uint64_t
journal_first(const struct journal *journal)
{
	return journal->first;
}

const char *
journal_at(const struct journal *journal, uint64_t i)
{
	if (i < journal_first(journal) || i >= journal->n)
		return NULL;
	return journal->lines[i % JOURNAL];
}

#include "cli/table.h"

#include <errno.h>
#include <libsmartcols/libsmartcols.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/text.h"

struct table {
	struct libscols_table *rows;
	struct libscols_line *line; /* at hand; borrowed */
	bool is_torn;               /* something was lost */
};

struct table *
table_new(const struct table_column *columns, size_t n)
{
	struct table *table = calloc(1, sizeof(*table));

	if (table == NULL)
		return NULL;
	table->rows = scols_new_table();
	for (size_t i = 0; i < n && table->rows != NULL; i++) {
		int flags = (columns[i].is_number ? SCOLS_FL_RIGHT : 0) |
		            (columns[i].may_shrink ? SCOLS_FL_TRUNC : 0);

		if (scols_table_new_column(
			table->rows, columns[i].title, 0, flags) == NULL)
			table->is_torn = true;
	}
	if (table->rows == NULL || table->is_torn)
		table_release(&table);
	return table;
}

void
table_release(struct table **table)
{
	if (*table != NULL)
		scols_unref_table((*table)->rows); /* accepts NULL */
	free(*table);
	*table = NULL;
}

void
table_row(struct table *table)
{
	table->line = scols_table_new_line(table->rows, NULL);
	if (table->line == NULL)
		table->is_torn = true;
}

void
table_text(struct table *table, size_t column, const char *text)
{
	char escaped[TEXT_ESCAPED_MAX];

	text_escape(text, escaped, sizeof(escaped));
	if (table->line == NULL || scols_line_set_data(table->line, column,
				       escaped[0] != '\0' ? escaped : "-") < 0)
		table->is_torn = true;
}

void
table_number(struct table *table, size_t column, uint64_t number)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%ju", (uintmax_t)number);
	table_text(table, column, text);
}

void
table_alarm(struct table *table)
{
	if (table->line != NULL)
		(void)scols_line_set_color(table->line, "red");
}

int
table_print(struct table *table)
{
	const char *no_color = getenv("NO_COLOR");
	bool is_plain = no_color != NULL && no_color[0] != '\0';

	if (isatty(STDOUT_FILENO) && !is_plain)
		(void)scols_table_enable_colors(table->rows, 1);
	if (scols_print_table(table->rows) < 0)
		table->is_torn = true;
	return table->is_torn ? -ENOMEM : 0;
}

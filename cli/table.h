/*
 * table.h - rows for people.
 *
 * table.c is the only file that sees libsmartcols.  As wide as the terminal
 * on one, as wide as it needs elsewhere; colours only on a terminal, and never
 * with NO_COLOR (no-color.org).
 */
#ifndef EXECGUARD_CLI_TABLE_H
#define EXECGUARD_CLI_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/scope.h"

struct table;

struct table_column {
	const char *title;
	bool is_number;  /* to the right */
	bool may_shrink; /* cut first, where the terminal is narrow */
};

/* NULL: out of memory.  Owned. */
struct table *table_new(
    const struct table_column *columns, size_t n) MUST_CHECK;
void table_release(struct table **table);

/* Begin a row, and fill its cells; foreign text is escaped. */
void table_row(struct table *table);
void table_text(struct table *table, size_t column, const char *text);
void table_number(struct table *table, size_t column, uint64_t number);

/* The row at hand is something to look at. */
void table_alarm(struct table *table);

/* Print what there is on stdout; a table without rows prints nothing.  Returns
 * 0, or -ENOMEM when anything was lost. */
int table_print(struct table *table) MUST_CHECK;

#endif

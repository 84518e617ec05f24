#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/link.h"
#include "cli/table.h"

/* clang-format off */
static const struct table_column columns[] = {
	{ "SESSION", false, false },
	{ "USER", false, false },
	{ "SERVICE", false, true },
	{ "TTY", false, true },
	{ "FROM", false, true },
	{ "POLICY", false, true },
	{ "MODE", false, false },
	{ "SINCE", false, false },
	{ "TRACED", true, false },
	{ "EXECS", true, false },
	{ "DENIALS", true, false },
	{ "SUSPENDED", true, false },
};

/* What stands in each column: fields of a "session". */
static const char *const fields[LENGTH(columns)] = {
	"id", "user", "service", "tty", "rhost", "policy", "mode", "since",
	"traced", "execs", "denials", "suspended",
};
/* clang-format on */

static void
add_row(const struct link *from, const struct record *line, void *context)
{
	struct table *table = context;
	const struct record *session = record_in(line, "session");

	(void)from;
	if (session == NULL)
		return;
	table_row(table);
	for (size_t i = 0; i < LENGTH(columns); i++) {
		if (columns[i].is_number)
			table_number(
			    table, i, record_number(session, fields[i]));
		else
			table_text(table, i, record_text(session, fields[i]));
	}
	if (record_number(session, "suspended") > 0)
		table_alarm(table);
}

static void
add_record(const struct link *from, const struct record *line, void *context)
{
	struct record *all = context;
	const struct record *session = record_in(line, "session");

	(void)from;
	if (session != NULL)
		record_add(all, "sessions", session);
}

static int
print_table(const struct order *order)
{
	SCOPED(table_release)
	struct table *table = table_new(columns, LENGTH(columns));
	int status;

	if (table == NULL)
		return cli_no_memory();
	status = link_ask(NULL, order, add_row, table);
	return table_print(table) < 0 ? cli_no_memory() : status;
}

static int
print_json(const struct order *order)
{
	SCOPED(record_release) struct record *all = record_new();
	int status;

	record_put_list(all, "sessions");
	status = link_ask(NULL, order, add_record, all);
	return cli_print(all) < 0 ? cli_no_memory() : status;
}

static int
sessions_main(int argc, char **argv)
{
	const struct order order = { .verb = ORDER_STATUS };
	bool is_json = false;
	int status = cli_read_json(argc, argv, &is_json);

	if (status >= 0)
		return status;
	if (argv[optind] != NULL)
		return cli_no_argument("sessions", argv[optind]);
	return is_json ? print_json(&order) : print_table(&order);
}

/* clang-format off */
const struct verb sessions_verb = { "sessions", sessions_main,
"list the sessions that are guarded now",
"usage: execguardctl sessions [--json]\n"
"\n"
"A line for each session that has a guard: whose it is, under which policy,\n"
"since when (UTC), how many processes are traced at this moment, how many\n"
"programs were started and refused, and how many are suspended.\n"
"\n"
"  -j, --json  the same and more, as JSON\n"
"\n"
"Exit status: 0 fine, 1 a guard did not answer, 2 usage.\n"
"\n"
"Example: who had something refused?\n"
"  execguardctl sessions --json | jq '.sessions[] | select(.denials > 0)'\n" };
/* clang-format on */

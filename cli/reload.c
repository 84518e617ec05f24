#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/installed.h"
#include "cli/link.h"
#include "cli/table.h"

/* clang-format off */
static const struct table_column columns[] = {
	{ "SESSION", false, false },
	{ "USER", false, false },
	{ "SERVICE", false, true },
	{ "POLICY", false, true },
	{ "MODE", false, false },
};
/* clang-format on */

static void
hear(const struct link *from, const struct record *line, void *context)
{
	static const char *const fields[] = { "user", "service", "policy",
		"mode" };
	struct table *table = context;
	const struct record *guest = record_in(line, "guest");

	if (guest == NULL)
		return;
	table_row(table);
	table_text(table, 0, from->id);
	for (size_t i = 0; i < LENGTH(fields); i++)
		table_text(table, i + 1, record_text(guest, fields[i]));
}

/* What every guard would say is said once. */
static int
check(void)
{
	char why[PARSE_WHY];

	if (installed_check(why) == 0)
		return EXIT_FINE;
	cli_point(why);
	cli_say("no session has been changed");
	return EXIT_WRONG;
}

static int
reload(const char *session)
{
	const struct order order = { .verb = ORDER_RELOAD };
	SCOPED(table_release)
	struct table *table = table_new(columns, LENGTH(columns));
	int status;

	if (table == NULL)
		return cli_no_memory();
	status = check();
	if (status != EXIT_FINE)
		return status;
	status = link_ask(session, &order, hear, table);
	return table_print(table) < 0 ? cli_no_memory() : status;
}

static int
reload_main(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "session", required_argument, NULL, 's' }, { 0 }
	};
	const char *session = NULL;
	int option;

	opterr = 0;
	while ((option = getopt_long(argc, argv, ":hs:", longs, NULL)) != -1) {
		switch (option) {
		case 'h':
			cli_help("reload");
			return EXIT_FINE;
		case 's':
			session = optarg;
			break;
		default:
			cli_bad_option("reload", option, optopt);
			return EXIT_USAGE;
		}
	}
	if (argv[optind] != NULL)
		return cli_no_argument("reload", argv[optind]);
	return reload(session);
}

/* clang-format off */
const struct verb reload_verb = { "reload", reload_main,
"give running sessions the policy as it is now",
"usage: execguardctl reload [-s SESSION]\n"
"\n"
"Each guard reads " CONF_PATH " again and judges by it from the next\n"
"exec on; a line for each user says which policy he has now.  A session that\n"
"cannot have the new policy, because it is wrong or wants what its filter lacks,\n"
"keeps the old one whole, and why is told.\n"
"\n"
"  -s, --session SESSION  one session: the beginning of its name will do\n"
"\n"
"Exit status: 0 fine, 1 a session has kept its old policy, or did not answer, 2\n"
"usage.\n"
"\n"
"Example: a new root is to count at once\n"
"  execguardctl check && execguardctl reload\n" };
/* clang-format on */

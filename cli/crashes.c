#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/cli.h"
#include "cli/kept.h"
#include "cli/link.h"
#include "cli/table.h"
#include "cli/who.h"

/* clang-format off */
static const struct table_column columns[] = {
	{ "SESSION", false, false },
	{ "USER", false, false },
	{ "CRASHES", true, false },
	{ "LAST", false, false },
	{ "SUSPENDED", true, false },
	{ "PROGRAM", false, true },
};
/* clang-format on */

struct listing {
	struct table *table;
	struct record *all; /* or, for JSON, this */
	bool has_kept; /* what sessions share is told from its file: kept.c */
	size_t n;
};

/* By its path; where nobody knows that, by its identity. */
static void
put_program(struct table *table, size_t column, const struct record *crash)
{
	char identity[64];

	(void)snprintf(identity, sizeof(identity), "device %s, inode %ju",
	    record_text(crash, "device"),
	    (uintmax_t)record_number(crash, "inode"));
	if (record_is(crash, "overflow"))
		table_text(table, column, "all others");
	else if (record_text(crash, "path")[0] != '\0')
		table_text(table, column, record_text(crash, "path"));
	else
		table_text(table, column, identity);
}

static void
add_row(
    struct table *table, const struct link *from, const struct record *crash)
{
	uint64_t left = record_number(crash, "suspended_s");
	const char *user = record_text(crash, "user");
	char uid[24], seconds[32];

	(void)snprintf(
	    uid, sizeof(uid), "%u", (unsigned)record_number(crash, "uid"));
	(void)snprintf(
	    seconds, sizeof(seconds), "%llu s", (unsigned long long)left);
	table_row(table);
	table_text(table, 0, from->id);
	table_text(table, 1, user[0] != '\0' ? user : uid);
	table_number(table, 2, record_number(crash, "crashes"));
	table_text(table, 3, record_text(crash, "last"));
	table_text(table, 4, left > 0 ? seconds : "");
	put_program(table, 5, crash);
	if (left > 0)
		table_alarm(table);
}

static void
hear(const struct link *from, const struct record *line, void *context)
{
	struct listing *listing = context;
	const struct record *crash = record_in(line, "crash");

	if (crash == NULL || (listing->has_kept && record_is(crash, "shared")))
		return;
	listing->n++;
	if (listing->table != NULL)
		add_row(listing->table, from, crash);
	else
		record_add(listing->all, "crashes", crash);
}

struct crashes_options {
	const char *session; /* NULL: all */
	const char *user;    /* NULL: all */
	bool is_json;
	bool is_all;
};

/* Returns -1 to go on, or the exit status. */
static int
parse_options(int argc, char **argv, struct crashes_options *opt)
{
	static const struct option longs[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "all", no_argument, NULL, 'a' },
		{ "session", required_argument, NULL, 's' },
		{ "user", required_argument, NULL, 'u' },
		{ 0 },
	};
	int option;

	opterr = 0;
	while (
	    (option = getopt_long(argc, argv, ":hjas:u:", longs, NULL)) != -1) {
		switch (option) {
		case 'h':
			cli_help(argv[0]);
			return EXIT_FINE;
		case 'j':
			opt->is_json = true;
			break;
		case 'a':
			opt->is_all = true;
			break;
		case 's':
			opt->session = optarg;
			break;
		case 'u':
			opt->user = optarg;
			break;
		default:
			cli_bad_option(argv[0], option, optopt);
			return EXIT_USAGE;
		}
	}
	return -1;
}

/* Whose crashes; returns -1 to go on, or the exit status. */
static int
name_user(const char *user, struct order *order)
{
	SCOPED(who_release) struct who who = { 0 };
	int r;

	if (user == NULL)
		return -1;
	r = who_look_up(user, 0, &who);
	if (r < 0) {
		who_blame(user, r);
		return EXIT_WRONG;
	}
	order->has_user = 1;
	order->uid = who.uid;
	return -1;
}

/* What sessions have of their own, and what they share. */
static int
ask_all(const char *session, const struct order *order, struct listing *listing)
{
	int kept = session == NULL ? kept_crashes(order, hear, listing)
	                           : EXIT_FINE;
	int status;

	listing->has_kept = session == NULL;
	status = link_ask(session, order, hear, listing);
	return status != EXIT_FINE ? status : kept;
}

static int
print_table(const char *session, const struct order *order)
{
	SCOPED(table_release)
	struct table *table = table_new(columns, LENGTH(columns));
	struct listing listing = { .table = table };
	int status;

	if (table == NULL)
		return cli_no_memory();
	status = ask_all(session, order, &listing);
	return table_print(table) < 0 ? cli_no_memory() : status;
}

static int
print_json(const char *session, const struct order *order)
{
	SCOPED(record_release) struct record *all = record_new();
	struct listing listing = { .all = all };
	int status;

	record_put_list(all, "crashes");
	status = ask_all(session, order, &listing);
	return cli_print(all) < 0 ? cli_no_memory() : status;
}

static int
crashes_main(int argc, char **argv)
{
	struct order order = { .verb = ORDER_CRASHES };
	struct crashes_options opt = { 0 };
	int status = parse_options(argc, argv, &opt);

	if (status < 0 && opt.is_all) {
		cli_bad_option("crashes", '?', 'a');
		return EXIT_USAGE;
	}
	if (status < 0 && argv[optind] != NULL)
		status = cli_no_argument("crashes", argv[optind]);
	if (status < 0)
		status = name_user(opt.user, &order);
	if (status >= 0)
		return status;
	return opt.is_json ? print_json(opt.session, &order)
	                   : print_table(opt.session, &order);
}

/* clang-format off */
const struct verb crashes_verb = { "crashes", crashes_main,
"list the crashes that segvguard counts",
"usage: execguardctl crashes [-s SESSION] [-u USER] [--json]\n"
"\n"
"What segvguard knows in the sessions that run now: which programs crashed for\n"
"whom, how often (since the last suspension, and not yet forgotten), and how\n"
"long a suspended one will be refused.\n"
"\n"
"  -s, --session SESSION  one session: the beginning of its name will do\n"
"  -u, --user USER        one user's crashes\n"
"  -j, --json             as JSON\n"
"\n"
"Exit status: 0 fine, 1 a guard did not answer, or there is no such session or\n"
"user, 2 usage.\n"
"\n"
"Example: what is suspended for alice, and for how long?\n"
"  execguardctl crashes -u alice\n" };
/* clang-format on */

/* --- forgive ------------------------------------------------------------- */

static int
name_file(const char *path, struct order *order)
{
	struct stat st;

	if (stat(path, &st) < 0) {
		cli_say("cannot look at %s: %s", path, strerror(errno));
		return EXIT_WRONG;
	}
	order->has_file = 1;
	order->dev = st.st_dev;
	order->ino = st.st_ino;
	return -1;
}

static int
forgive(const char *session, const struct order *order)
{
	SCOPED(table_release)
	struct table *table = table_new(columns, LENGTH(columns));
	struct listing listing = { .table = table };
	int status;

	if (table == NULL)
		return cli_no_memory();
	status = ask_all(session, order, &listing);
	if (table_print(table) < 0)
		return cli_no_memory();
	if (listing.n == 0)
		cli_say("there was nothing to forgive");
	return status;
}

static int
forgive_main(int argc, char **argv)
{
	struct order order = { .verb = ORDER_FORGIVE };
	struct crashes_options opt = { 0 };
	int status = parse_options(argc, argv, &opt);
	int n = argc - optind;

	if (status < 0 && opt.is_json) {
		cli_bad_option("forgive", '?', 'j');
		return EXIT_USAGE;
	}
	if (status < 0 && (n > 1 || opt.is_all == (n == 1))) {
		cli_say("forgive: one PATH, or --all?");
		cli_usage("forgive");
		return EXIT_USAGE;
	}
	if (status < 0)
		status = name_user(opt.user, &order);
	if (status < 0 && n == 1)
		status = name_file(argv[optind], &order);
	return status >= 0 ? status : forgive(opt.session, &order);
}

/* clang-format off */
const struct verb forgive_verb = { "forgive", forgive_main,
"forget crashes, and end suspensions",
"usage: execguardctl forgive [-s SESSION] [-u USER] PATH\n"
"       execguardctl forgive [-s SESSION] [-u USER] --all\n"
"\n"
"Forget what segvguard counts of the program PATH, or of all, in the sessions\n"
"that run now, and print what it was.  A suspended program may run again at\n"
"once.\n"
"\n"
"  -s, --session SESSION  in one session: the beginning of its name will do\n"
"  -u, --user USER        for one user\n"
"  -a, --all              every program\n"
"\n"
"Exit status: 0 fine (also when nothing was counted), 1 a guard did not answer,\n"
"or there is no such session, user or file, 2 usage.\n"
"\n"
"Example: alice's program is mended\n"
"  execguardctl forgive -u alice /home/alice/bin/solver\n" };
/* clang-format on */

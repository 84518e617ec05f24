#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/link.h"
#include "cli/moment.h"
#include "cli/table.h"
#include "cli/who.h"

/* clang-format off */
static const struct table_column columns[] = {
	{ "SESSION", false, false },
	{ "USER", false, false },
	{ "SERVICE", false, true },
	{ "POLICY", false, true },
};
/* clang-format on */

struct hearer {
	struct table *table;
	const struct order *order;
	size_t n;
};

static void
hear(const struct link *from, const struct record *line, void *context)
{
	static const char *const fields[] = { "user", "service", "policy" };
	struct hearer *hearer = context;
	const struct record *guest = record_in(line, "guest");

	if (guest == NULL ||
	    (hearer->order->has_user &&
		hearer->order->uid != record_number(guest, "uid")))
		return;
	hearer->n++;
	table_row(hearer->table);
	table_text(hearer->table, 0, from->id);
	for (size_t i = 0; i < LENGTH(fields); i++)
		table_text(hearer->table, i + 1, record_text(guest, fields[i]));
}

/* His sessions alone: the others would say that he is not there. */
static int
ask_each(struct hearer *hearer, const struct record *all)
{
	const char *id;
	int status = EXIT_FINE;

	for (size_t i = 0; i < record_count(all, "at"); i++) {
		id = record_text(record_at(all, "at", i), "id");
		if (link_ask(id, hearer->order, hear, hearer) != EXIT_FINE)
			status = EXIT_WRONG;
	}
	return status;
}

struct search {
	struct record *found;
	uint64_t uid;
};

static void
note(const struct link *from, const struct record *line, void *context)
{
	struct search *search = context;
	const struct record *guest = record_in(line, "guest");

	if (guest == NULL || record_number(guest, "uid") != search->uid)
		return;
	record_put_text(record_add_record(search->found, "at"), "id", from->id);
}

static int
permit_user(struct hearer *hearer)
{
	const struct order look = { .verb = ORDER_SHOW };
	SCOPED(record_release) struct record *found = record_new();
	struct search search = { found, hearer->order->uid };
	int status = link_ask(NULL, &look, note, &search);

	if (status != EXIT_FINE)
		return status;
	return ask_each(hearer, found);
}

static int
permit(const char *whom, struct order *order)
{
	SCOPED(who_release) struct who who = { 0 };
	SCOPED(table_release)
	struct table *table = table_new(columns, LENGTH(columns));
	struct hearer hearer = { .table = table, .order = order };
	int status;

	if (table == NULL)
		return cli_no_memory();
	if (who_look_up(whom, 0, &who) == 0) {
		order->has_user = 1;
		order->uid = who.uid;
		status = permit_user(&hearer);
	} else
		status = link_ask(whom, order, hear, &hearer);
	if (table_print(table) < 0)
		return cli_no_memory();
	if (status == EXIT_FINE && hearer.n == 0) {
		cli_say("'%s' has no session that is guarded", whom);
		return EXIT_WRONG;
	}
	return status;
}

/* Returns -1 to go on, or the exit status. */
static int
take_word(const char *what, const char *word, char *to, size_t size)
{
	size_t len = strlen(word);

	if (len >= size) {
		cli_say("permit: that %s is too long: %.40s...", what, word);
		return EXIT_USAGE;
	}
	memcpy(to, word, len + 1);
	return -1;
}

static int
take_time(const char *word, struct order *order)
{
	if (moment_seconds(word, &order->seconds) == 0 && order->seconds > 0)
		return -1;
	cli_say("permit: for how long is '%s'?  For example 90s, 30m, 2h, 1d",
	    word);
	return EXIT_USAGE;
}

static int
parse_options(int argc, char **argv, struct order *order)
{
	static const struct option longs[] = {
		{ "for", required_argument, NULL, 'f' },
		{ "check", required_argument, NULL, 'c' },
		{ 0 },
	};
	int option, status = -1;

	opterr = 0;
	while (status < 0 && (option = getopt_long(
				  argc, argv, ":hf:c:", longs, NULL)) != -1) {
		switch (option) {
		case 'h':
			cli_help("permit");
			return EXIT_FINE;
		case 'f':
			status = take_time(optarg, order);
			break;
		case 'c':
			status = take_word("check", optarg, order->check,
			    sizeof(order->check));
			break;
		default:
			cli_bad_option("permit", option, optopt);
			return EXIT_USAGE;
		}
	}
	return status;
}

static int
permit_main(int argc, char **argv)
{
	struct order order = { .verb = ORDER_PERMIT };
	int status = parse_options(argc, argv, &order);
	int n = argc - optind;

	if (status >= 0)
		return status;
	if (n < 1 || n > 2 || order.seconds == 0) {
		cli_say("permit: whom, and --for how long?");
		cli_usage("permit");
		return EXIT_USAGE;
	}
	if (n == 2 && argv[optind + 1][0] != '/') {
		cli_say("permit: a path begins with '/': %s", argv[optind + 1]);
		return EXIT_USAGE;
	}
	if (n == 2)
		status = take_word(
		    "path", argv[optind + 1], order.path, sizeof(order.path));
	return status >= 0 ? status : permit(argv[optind], &order);
}

/* clang-format off */
const struct verb permit_verb = { "permit", permit_main,
"exempt a user or a session for a while",
"usage: execguardctl permit USER|SESSION --for TIME [--check CHECK] [PATH]\n"
"\n"
"For so long, in the sessions that run now, nothing (or only CHECK, or only PATH)\n"
"is held against USER, or against everybody in SESSION.  It ends by itself, at a\n"
"reload, and with the session; both its begin and its end are events.\n"
"\n"
"  -f, --for TIME     90s, 30m, 2h, 1d\n"
"  -c, --check CHECK  segvguard, exec, tpe, elf, integrity or environment alone\n"
"  PATH               this file alone, or what a pattern as in except names\n"
"\n"
"Exit status: 0 fine, 1 he has no session, or a guard could not, 2 usage.\n"
"\n"
"Example: alice may try one program that lies in her home\n"
"  execguardctl permit alice --for 30m --check tpe /home/alice/a.out\n" };
/* clang-format on */

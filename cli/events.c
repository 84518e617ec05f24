#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/link.h"
#include "cli/moment.h"
#include "cli/sentence.h"

struct events_options {
	const char *session; /* NULL: all */
	const char *user;    /* NULL: all */
	bool is_json;
	bool is_followed;
	bool is_denied;
	char since[MOMENT]; /* "": from the beginning */
};

static bool
is_wanted(const struct events_options *opt, const struct record *event)
{
	if (opt->user != NULL &&
	    strcmp(record_text(event, "user"), opt->user) != 0 &&
	    strcmp(record_text(event, "login"), opt->user) != 0)
		return false;
	if (opt->is_denied && strcmp(record_text(event, "event"), "exec") != 0)
		return false;
	/* RFC 3339 in UTC: the order of the texts is that of the moments. */
	return strcmp(record_text(event, "time"), opt->since) >= 0;
}

static void
hear(const struct link *from, const struct record *line, void *context)
{
	const struct events_options *opt = context;
	const struct record *event = record_in(line, "event");

	if (record_number(line, "missed") > 0)
		cli_say("session %s: %ju events came too fast, and were missed",
		    from->id, (uintmax_t)record_number(line, "missed"));
	if (event == NULL || !is_wanted(opt, event))
		return;
	if (opt->is_json)
		(void)cli_print(event);
	else
		sentence_print(event);
}

/* --- what has happened: of all sessions, in the order of time ------------- */

struct heap {
	const struct events_options *opt;
	struct record *all;
};

static void
keep(const struct link *from, const struct record *line, void *context)
{
	struct heap *heap = context;
	const struct record *event = record_in(line, "event");

	(void)from;
	if (event != NULL && is_wanted(heap->opt, event))
		record_add(heap->all, "events", event);
}

static int
by_time(const void *a, const void *b)
{
	const struct record *const *x = a, *const *y = b;
	int order = strcmp(record_text(*x, "time"), record_text(*y, "time"));

	if (order != 0)
		return order;
	return strcmp(record_text(*x, "session"), record_text(*y, "session"));
}

static void
list_release(const struct record ***list)
{
	free(*list);
}

static int
print_all(const struct events_options *opt, const struct record *all)
{
	size_t n = record_count(all, "events");
	SCOPED(list_release)
	const struct record **list = calloc(
	    n + 1, sizeof(const struct record *));

	if (list == NULL)
		return cli_no_memory();
	for (size_t i = 0; i < n; i++)
		list[i] = record_at(all, "events", i);
	qsort(list, n, sizeof(const struct record *), by_time);
	for (size_t i = 0; i < n; i++) {
		if (opt->is_json)
			(void)cli_print(list[i]);
		else
			sentence_print(list[i]);
	}
	return EXIT_FINE;
}

static int
tell_past(const struct events_options *opt)
{
	const struct order order = { .verb = ORDER_EVENTS };
	SCOPED(record_release) struct record *all = record_new();
	struct heap heap = { opt, all };
	int status = link_ask(opt->session, &order, keep, &heap);
	int printed = print_all(opt, all);

	return status != EXIT_FINE ? status : printed;
}

/* --- what happens --------------------------------------------------------- */

/* A session that began since is told from its beginning. */
static int
take_newcomers(const struct events_options *opt, struct links *links)
{
	const struct order order = { .verb = ORDER_EVENTS, .is_followed = 1 };
	int r = link_join(opt->session, &order, links);

	if (r < 0)
		link_blame(opt->session, r);
	return r;
}

static int
follow(struct events_options *opt)
{
	SCOPED(links_release) struct links links = { 0 };
	int r = take_newcomers(opt, &links);

	if (r < 0)
		return EXIT_WRONG;
	if (opt->session != NULL && links.n != 1) {
		link_blame(opt->session, links.n == 0 ? -ENOENT : -ENOTUNIQ);
		return EXIT_WRONG;
	}
	for (;;) {
		r = link_follow(&links, hear, opt);
		if (r < 0) {
			cli_say("cannot follow: %s", strerror(-r));
			return EXIT_WRONG;
		}
		if (fflush(stdout) == EOF)
			return EXIT_FINE;           /* nobody reads any more */
		if (opt->session != NULL && r == 0) /* it is over */
			return links.is_short ? EXIT_WRONG : EXIT_FINE;
		if (take_newcomers(opt, &links) < 0)
			return EXIT_WRONG;
	}
}

/* --- the verb --------------------------------------------------------------
 */

static int
parse_since(const char *word, struct events_options *opt)
{
	if (moment_read(word, opt->since) == 0)
		return -1;
	cli_say("events: what moment is '%s'?  For example 30m, 2h, "
		"2026-11-28T20:00 (UTC)",
	    word);
	return EXIT_USAGE;
}

static int
parse_options(int argc, char **argv, struct events_options *opt)
{
	static const struct option longs[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "follow", no_argument, NULL, 'f' },
		{ "denied", no_argument, NULL, 'd' },
		{ "session", required_argument, NULL, 's' },
		{ "since", required_argument, NULL, 'S' },
		{ "user", required_argument, NULL, 'u' },
		{ 0 },
	};
	int option, status = -1;

	opterr = 0;
	while (status < 0 && (option = getopt_long(argc, argv,
				  ":hjfds:S:u:", longs, NULL)) != -1) {
		switch (option) {
		case 'h':
			cli_help("events");
			return EXIT_FINE;
		case 'j':
			opt->is_json = true;
			break;
		case 'f':
			opt->is_followed = true;
			break;
		case 'd':
			opt->is_denied = true;
			break;
		case 's':
			opt->session = optarg;
			break;
		case 'S':
			status = parse_since(optarg, opt);
			break;
		case 'u':
			opt->user = optarg;
			break;
		default:
			cli_bad_option("events", option, optopt);
			return EXIT_USAGE;
		}
	}
	if (status < 0 && argv[optind] != NULL)
		return cli_no_argument("events", argv[optind]);
	return status;
}

static int
events_main(int argc, char **argv)
{
	struct events_options opt = { 0 };
	int status = parse_options(argc, argv, &opt);

	if (status >= 0)
		return status;
	return opt.is_followed ? follow(&opt) : tell_past(&opt);
}

/* clang-format off */
const struct verb events_verb = { "events", events_main,
"tell what the guards of running sessions have refused",
"usage: execguardctl events [-df] [-s SESSION] [-u USER] [-S MOMENT] [--json]\n"
"\n"
"A line for each event that the guards still know: the last 256 of each session\n"
"that runs now.  What came before is in the log.\n"
"\n"
"  -f, --follow           and what happens from now on, also in new sessions\n"
"  -d, --denied           only programs and libraries that were refused, or would\n"
"                         have been if the policy were not permissive\n"
"  -s, --session SESSION  one session: the beginning of its name will do\n"
"  -u, --user USER        one user, or his logins\n"
"  -S, --since MOMENT     30s, 10m, 2h, 1d ago, or 2026-11-28T20:00 (UTC)\n"
"  -j, --json             as JSON, one object a line\n"
"\n"
"Exit status: 0 fine, 1 a guard did not answer, or there is no such session, 2\n"
"usage.\n"
"\n"
"Example: what was refused to alice in the last hour?\n"
"  execguardctl events -d -u alice -S 1h\n" };
/* clang-format on */

#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/link.h"
#include "cli/sentence.h"
#include "cli/table.h"
#include "common/text.h"

#define BAR          40
#define LATENCY_MOST 100000 /* us; the last bucket has no end */

/* clang-format off */
static const struct table_column guest_columns[] = {
	{ "USER", false, false },
	{ "SERVICE", false, false },
	{ "TTY", false, true },
	{ "FROM", false, true },
	{ "POLICY", false, true },
	{ "MODE", false, false },
	{ "TRACING", false, false },
	{ "OPEN", true, false },
};

static const char *const guest_fields[LENGTH(guest_columns)] = {
	"user", "service", "tty", "rhost", "policy", "mode", "tracing", "open",
};

static const struct table_column process_columns[] = {
	{ "PID", true, false },
	{ "UID", true, false },
	{ "STATE", false, false },
	{ "PROGRAM", false, true },
};

static const char *const process_fields[LENGTH(process_columns)] = {
	"pid", "uid", "state", "path",
};

static const struct table_column crash_columns[] = {
	{ "USER", false, false },
	{ "CRASHES", true, false },
	{ "LAST", false, false },
	{ "SUSPENDED (s)", true, false },
	{ "PROGRAM", false, true },
};

static const char *const crash_fields[LENGTH(crash_columns)] = {
	"user", "crashes", "last", "suspended_s", "path",
};

/* The lists of an answer: a record of this kind is a row. */
static const struct part {
	const char *kind;
	const char *title;
	const struct table_column *columns;
	const char *const *fields;
	size_t n;
} parts[] = {
	{ "guest", "PAM sessions", guest_columns, guest_fields,
	    LENGTH(guest_columns) },
	{ "process", "Traced at this moment", process_columns, process_fields,
	    LENGTH(process_columns) },
	{ "crash", "Crashes", crash_columns, crash_fields,
	    LENGTH(crash_columns) },
};

/* What is said of the session itself. */
static const struct {
	const char *field;
	const char *label;
	bool is_number;
} facts[] = {
	{ "id", "session", false },
	{ "user", "user", false },
	{ "service", "service", false },
	{ "tty", "tty", false },
	{ "rhost", "from", false },
	{ "policy", "policy", false },
	{ "mode", "mode", false },
	{ "tracing", "tracing", false },
	{ "since", "since", false },
	{ "guard", "guard", true },
	{ "asked", "asked", true },
	{ "execs", "execs", true },
	{ "denials", "denials", true },
	{ "races", "races", true },
	{ "suspended", "suspended", true },
	{ "dropped", "events lost", true },
};
/* clang-format on */

struct page {
	struct table *tables[LENGTH(parts)];
	size_t n_rows[LENGTH(parts)];
	struct record *events; /* a list, "events" */
};

static void
print_session(const struct record *session)
{
	char escaped[TEXT_ESCAPED_MAX];

	for (size_t i = 0; i < LENGTH(facts); i++) {
		uintmax_t number = record_number(session, facts[i].field);
		const char *text = record_text(session, facts[i].field);

		text_escape(text, escaped, sizeof(escaped));
		if (facts[i].is_number)
			printf("%-12s %ju\n", facts[i].label, number);
		else if (text[0] != '\0')
			printf("%-12s %s\n", facts[i].label, escaped);
	}
}

/* How long the guard took for its decisions: how many, and a bar of them. */
static void
print_latency(const struct record *session)
{
	size_t n = record_count(session, "latency");
	uint64_t most = 1;

	for (size_t i = 0; i < n; i++) {
		const struct record *r = record_at(session, "latency", i);
		uint64_t both = record_number(r, "asks") +
		                record_number(r, "confirms");

		most = both > most ? both : most;
	}
	printf("\n%10s %10s %10s\n", "Took (us)", "questions", "exec stops");
	for (size_t i = 0; i < n; i++) {
		const struct record *r = record_at(session, "latency", i);
		uint64_t below = record_number(r, "below_us");
		uint64_t asks = record_number(r, "asks");
		uint64_t confirms = record_number(r, "confirms");
		int bar = (int)((asks + confirms) * BAR / most);

		printf("%s%9ju %10ju %10ju %.*s\n", below > 0 ? "<" : ">",
		    (uintmax_t)(below > 0 ? below : LATENCY_MOST),
		    (uintmax_t)asks, (uintmax_t)confirms, bar,
		    "########################################");
	}
}

static void
add_row(
    struct table *table, const struct part *part, const struct record *record)
{
	table_row(table);
	for (size_t i = 0; i < part->n; i++) {
		if (part->columns[i].is_number)
			table_number(
			    table, i, record_number(record, part->fields[i]));
		else
			table_text(
			    table, i, record_text(record, part->fields[i]));
	}
}

static void
hear(const struct link *from, const struct record *line, void *context)
{
	struct page *page = context;
	const struct record *session = record_in(line, "session");
	const struct record *event = record_in(line, "event");

	(void)from;
	if (session != NULL) {
		print_session(session);
		print_latency(session);
	}
	if (event != NULL)
		record_add(page->events, "events", event);
	for (size_t i = 0; i < LENGTH(parts); i++) {
		const struct record *row = record_in(line, parts[i].kind);

		if (row == NULL)
			continue;
		add_row(page->tables[i], &parts[i], row);
		page->n_rows[i]++;
	}
}

static int
print_page(struct page *page)
{
	size_t n_events = record_count(page->events, "events");

	for (size_t i = 0; i < LENGTH(parts); i++) {
		if (page->n_rows[i] == 0)
			continue;
		printf("\n%s\n", parts[i].title);
		if (table_print(page->tables[i]) < 0)
			return cli_no_memory();
	}
	if (n_events > 0)
		puts("\nEvents");
	for (size_t i = 0; i < n_events; i++)
		sentence_print(record_at(page->events, "events", i));
	return EXIT_FINE;
}

static int
show_page(const char *id, const struct order *order)
{
	SCOPED(record_release) struct record *events = record_new();
	struct page page = { .events = events };
	int status = EXIT_FINE, printed = EXIT_FINE;

	for (size_t i = 0; i < LENGTH(parts); i++) {
		page.tables[i] = table_new(parts[i].columns, parts[i].n);
		if (page.tables[i] == NULL)
			status = cli_no_memory();
	}
	if (status == EXIT_FINE) {
		status = link_ask(id, order, hear, &page);
		printed = print_page(&page);
	}
	for (size_t i = 0; i < LENGTH(parts); i++)
		table_release(&page.tables[i]);
	return status != EXIT_FINE ? status : printed;
}

/* The same as one object: "session", and a list for each kind of line. */
static void
gather(const struct link *from, const struct record *line, void *context)
{
	static const struct {
		const char *kind;
		const char *list;
	} lists[] = { { "guest", "guests" }, { "process", "processes" },
		{ "crash", "crashes" }, { "event", "events" } };
	struct record *all = context;

	(void)from;
	record_share(all, "session", record_in(line, "session"));
	for (size_t i = 0; i < LENGTH(lists); i++) {
		const struct record *inner = record_in(line, lists[i].kind);

		record_put_list(all, lists[i].list);
		if (inner != NULL)
			record_add(all, lists[i].list, inner);
	}
}

static int
show_json(const char *id, const struct order *order)
{
	SCOPED(record_release) struct record *all = record_new();
	int status = link_ask(id, order, gather, all);

	if (status != EXIT_FINE)
		return status;
	return cli_print(all) < 0 ? cli_no_memory() : EXIT_FINE;
}

static int
show_main(int argc, char **argv)
{
	const struct order order = { .verb = ORDER_SHOW };
	bool is_json = false;
	int status = cli_read_json(argc, argv, &is_json);

	if (status >= 0)
		return status;
	if (argv[optind] == NULL) {
		cli_say("show: which session?  'execguardctl sessions' lists "
			"them");
		return EXIT_USAGE;
	}
	if (argv[optind + 1] != NULL)
		return cli_no_argument("show", argv[optind + 1]);
	return is_json ? show_json(argv[optind], &order)
	               : show_page(argv[optind], &order);
}

/* clang-format off */
const struct verb show_verb = { "show", show_main,
"tell all that is known of one session",
"usage: execguardctl show [--json] SESSION\n"
"\n"
"Tell who logged in, for whom PAM sessions were opened inside (su, sudo), which\n"
"processes are traced at this moment (in a session that is held, all of them),\n"
"which programs crashed or are suspended, and the last 256 events.  SESSION is\n"
"the beginning of its name.\n"
"\n"
"  -j, --json  as JSON\n"
"\n"
"Exit status: 0 fine, 1 there is no such session, or its guard did not answer, 2\n"
"usage.\n"
"\n"
"Example: the session whose name begins with 3f\n"
"  execguardctl show 3f\n" };
/* clang-format on */

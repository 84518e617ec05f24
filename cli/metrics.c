#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/installed.h"
#include "cli/link.h"
#include "cli/output.h"

/* clang-format off */
/* What is summed up over the sessions of one policy. */
static const struct {
	const char *name;
	const char *field; /* of a "session"; NULL: how many there are */
	const char *help;
} sums[] = {
	{ "execguard_sessions", NULL, "Sessions that have a guard now." },
	{ "execguard_traced_processes", "traced",
	    "Processes that these guards trace now." },
	{ "execguard_session_questions", "asked",
	    "Execs that were asked for in these sessions so far." },
	{ "execguard_session_execs", "execs",
	    "Programs that were started in these sessions so far." },
	{ "execguard_session_denials", "denials",
	    "Programs that were refused in these sessions so far." },
	{ "execguard_session_races", "races",
	    "Programs that were exchanged between question and load." },
	{ "execguard_suspended_programs", "suspended",
	    "Programs that segvguard refuses now." },
	{ "execguard_session_events", "events",
	    "Events of these sessions so far." },
	{ "execguard_session_events_lost", "dropped",
	    "Events that the log did not take, and that nobody was told of." },
};
/* clang-format on */

struct group {
	char *policy, *mode, *service; /* owned */
	uint64_t sums[LENGTH(sums)];
};

struct groups {
	struct group *at; /* owned */
	size_t n;
	bool is_torn; /* out of memory */
};

static void
groups_release(struct groups *groups)
{
	for (size_t i = 0; i < groups->n; i++) {
		free(groups->at[i].policy);
		free(groups->at[i].mode);
		free(groups->at[i].service);
	}
	free(groups->at);
}

static struct group *
add_group(struct groups *groups, const struct record *session)
{
	struct group *at = realloc(groups->at, (groups->n + 1) * sizeof(*at));
	struct group *group;

	if (at == NULL)
		return NULL;
	groups->at = at;
	group = &at[groups->n++];
	*group = (struct group){
		.policy = strdup(record_text(session, "policy")),
		.mode = strdup(record_text(session, "mode")),
		.service = strdup(record_text(session, "service")),
	};
	return group->policy == NULL || group->mode == NULL ||
	               group->service == NULL
	           ? NULL
	           : group;
}

static struct group *
group_of(struct groups *groups, const struct record *session)
{
	for (size_t i = 0; i < groups->n; i++) {
		struct group *group = &groups->at[i];

		if (strcmp(group->policy, record_text(session, "policy")) ==
			0 &&
		    strcmp(group->mode, record_text(session, "mode")) == 0 &&
		    strcmp(group->service, record_text(session, "service")) ==
			0)
			return group;
	}
	return add_group(groups, session);
}

static void
hear(const struct link *from, const struct record *line, void *context)
{
	struct groups *groups = context;
	const struct record *session = record_in(line, "session");
	struct group *group;

	(void)from;
	if (session == NULL || groups->is_torn)
		return;
	group = group_of(groups, session);
	if (group == NULL) {
		groups->is_torn = true;
		return;
	}
	for (size_t i = 0; i < LENGTH(sums); i++)
		group->sums[i] += sums[i].field == NULL
		                      ? 1
		                      : record_number(session, sums[i].field);
}

/* The three bytes that OpenMetrics wants escaped. */
static void
print_label(FILE *to, const char *name, const char *value)
{
	(void)fprintf(to, "%s=\"", name);
	for (; *value != '\0'; value++) {
		if (*value == '\\' || *value == '"')
			(void)fputc('\\', to);
		if (*value == '\n')
			(void)fputs("\\n", to);
		else
			(void)fputc(*value, to);
	}
	(void)fputc('"', to);
}

static void
print_head(FILE *to, const char *name, const char *help)
{
	(void)fprintf(to, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name);
}

static void
print_sums(FILE *to, const struct groups *groups)
{
	for (size_t i = 0; i < LENGTH(sums); i++) {
		print_head(to, sums[i].name, sums[i].help);
		for (size_t j = 0; j < groups->n; j++) {
			const struct group *group = &groups->at[j];

			(void)fprintf(to, "%s{", sums[i].name);
			print_label(to, "policy", group->policy);
			(void)fputc(',', to);
			print_label(to, "mode", group->mode);
			(void)fputc(',', to);
			print_label(to, "service", group->service);
			(void)fprintf(to, "} %" PRIu64 "\n", group->sums[i]);
		}
	}
}

static void
print_all(FILE *to, const struct groups *groups, bool is_answered)
{
	char why[PARSE_WHY];

	print_sums(to, groups);
	print_head(to, "execguard_policy_valid",
	    "Whether the next login finds a policy without an error.");
	(void)fprintf(
	    to, "execguard_policy_valid %d\n", installed_check(why) == 0);
	print_head(to, "execguard_guards_answer",
	    "Whether every guard that was asked has answered.");
	(void)fprintf(to, "execguard_guards_answer %d\n# EOF\n", is_answered);
}

static int
metrics(const char *path)
{
	const struct order order = { .verb = ORDER_STATUS };
	SCOPED(groups_release) struct groups groups = { 0 };
	SCOPED(output_release) struct output out = { 0 };
	int status = link_ask(NULL, &order, hear, &groups);
	int r;

	if (groups.is_torn)
		return cli_no_memory();
	r = output_open(path, &out);
	if (r == 0) {
		print_all(out.stream, &groups, status == EXIT_FINE);
		r = output_commit(&out);
	}
	if (r < 0) {
		cli_say("cannot write %s: %s", path != NULL ? path : "it",
		    strerror(-r));
		return EXIT_WRONG;
	}
	return status;
}

static int
metrics_main(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "output", required_argument, NULL, 'o' }, { 0 }
	};
	const char *path = NULL;
	int option;

	opterr = 0;
	while ((option = getopt_long(argc, argv, ":ho:", longs, NULL)) != -1) {
		switch (option) {
		case 'h':
			cli_help("metrics");
			return EXIT_FINE;
		case 'o':
			path = optarg;
			break;
		default:
			cli_bad_option("metrics", option, optopt);
			return EXIT_USAGE;
		}
	}
	if (argv[optind] != NULL)
		return cli_no_argument("metrics", argv[optind]);
	return metrics(path);
}

/* clang-format off */
const struct verb metrics_verb = { "metrics", metrics_main,
"print numbers for Prometheus",
"usage: execguardctl metrics [-o FILE]\n"
"\n"
"OpenMetrics text for the textfile collector of node_exporter: of the sessions\n"
"that run now, by policy, mode and service, how many there are, what was asked,\n"
"started, refused and suspended in them, and which events were lost; and\n"
"whether the policy is right, and every guard answers.\n"
"\n"
"  -o, --output FILE  replace FILE when all is known, mode 0644\n"
"\n"
"Exit status: 0 fine, 1 a guard did not answer, or FILE cannot be written, 2\n"
"usage.\n"
"\n"
"Example: a line for root's crontab\n"
"  * * * * * execguardctl metrics -o /var/lib/prometheus/node-exporter/execguard.prom\n" };
/* clang-format on */

#include "cli/sentence.h"

#include <stdio.h>
#include <string.h>

#include "common/scope.h"
#include "common/text.h"
#include "policy/explain.h"

/* A field, made harmless. */
static void
print_text(const struct record *event, const char *key)
{
	char escaped[TEXT_ESCAPED_MAX];

	text_escape(record_text(event, key), escaped, sizeof(escaped));
	(void)fputs(escaped, stdout);
}

/* The clause for a slug; the slug itself, from a guard that knows more. */
static void
print_reason(const struct record *event)
{
	const char *slug = record_text(event, "reason");

	for (int i = 0; i < REASONS; i++) {
		if (strcmp(explain_reason((enum reason)i), slug) != 0)
			continue;
		(void)fputs(explain_sentence((enum reason)i), stdout);
		return;
	}
	print_text(event, "reason");
}

/* What would change the answer, and the line that gave it. */
static void
print_rule(const struct record *event)
{
	bool has_tip = record_text(event, "tip")[0] != '\0';
	bool has_line = record_text(event, "policy_line")[0] != '\0';

	if (!has_tip && !has_line)
		return;
	(void)fputs(" (", stdout);
	print_text(event, "tip");
	(void)fputs(has_tip && has_line ? ", " : "", stdout);
	print_text(event, "policy_line");
	(void)fputs(")", stdout);
}

static void
print_exec(const struct record *event)
{
	bool has_path = record_text(event, "path")[0] != '\0';

	print_text(event, "action");
	(void)putchar(' ');
	print_text(event, has_path ? "path" : "asked");
	(void)fputs(": ", stdout);
	print_reason(event);
	print_rule(event);
}

static void
print_crash(const struct record *event)
{
	const char *name = sigabbrev_np((int)record_number(event, "signal"));

	(void)fputs("crash ", stdout);
	print_text(event, "path");
	(void)printf(": SIG%s, crash %ju of those that count",
	    name != NULL ? name : "?",
	    (uintmax_t)record_number(event, "crashes"));
}

static void
print_suspended(const struct record *event)
{
	(void)fputs("suspended ", stdout);
	print_text(event, "path");
	(void)printf(" for %ju s", (uintmax_t)record_number(event, "seconds"));
}

static void
print_session(const struct record *event)
{
	static const char *const fields[] = { "state", "service", "tty",
		"rhost" };

	(void)fputs("session", stdout);
	for (size_t i = 0; i < LENGTH(fields); i++) {
		if (record_text(event, fields[i])[0] == '\0')
			continue;
		(void)putchar(' ');
		print_text(event, fields[i]);
	}
}

static void
print_permit(const struct record *event)
{
	bool has_check = record_text(event, "check")[0] != '\0';
	bool has_path = record_text(event, "path")[0] != '\0';

	(void)fputs("permit ", stdout);
	print_text(event, "state");
	(void)putchar(' ');
	(void)fputs(has_check ? "" : "every check", stdout);
	print_text(event, "check");
	(void)fputs(has_path ? " " : " every program", stdout);
	print_text(event, "path");
	(void)printf(" %ju s", (uintmax_t)record_number(event, "seconds"));
}

static void
print_inspector(const struct record *event)
{
	(void)fputs("inspector ended: ", stdout);
	print_text(event, "why");
}

static void
print_dropped(const struct record *event)
{
	(void)printf("%ju events were lost: the log did not take them",
	    (uintmax_t)record_number(event, "count"));
}

/* clang-format off */
static const struct {
	const char *event;
	void (*print)(const struct record *event);
} kinds[] = {
	{ "exec", print_exec },
	{ "crash", print_crash },
	{ "suspended", print_suspended },
	{ "permit", print_permit },
	{ "session", print_session },
	{ "inspector", print_inspector },
	{ "dropped", print_dropped },
};
/* clang-format on */

void
sentence_print(const struct record *event)
{
	const char *kind = record_text(event, "event");

	print_text(event, "time");
	(void)putchar(' ');
	print_text(event, "session");
	(void)putchar(' ');
	print_text(event, "user");
	(void)putchar(' ');
	for (size_t i = 0; i < LENGTH(kinds); i++) {
		if (strcmp(kind, kinds[i].event) != 0)
			continue;
		kinds[i].print(event);
		(void)putchar('\n');
		return;
	}
	print_text(event, "event");
	(void)putchar('\n');
}

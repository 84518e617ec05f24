#include "cli/finding.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "cli/cli.h"
#include "common/record.h"
#include "common/text.h"

struct finding {
	enum finding_level level;
	const char *about;
	char *what;   /* owned, as is the next */
	char *remedy; /* NULL: none */
};

/* clang-format off */
static const struct {
	const char *name, *colour;
} levels[FINDING_LEVELS] = {
	[FINDING_ERROR] = { "error", "\033[1;31m" },
	[FINDING_WARNING] = { "warning", "\033[33m" },
	[FINDING_HINT] = { "hint", "\033[36m" },
	[FINDING_OK] = { "ok", "\033[32m" },
};
/* clang-format on */

void
finding_release(struct findings *findings)
{
	for (size_t i = 0; i < findings->n; i++) {
		free(findings->at[i].what);
		free(findings->at[i].remedy);
	}
	free(findings->at);
	*findings = (struct findings){ 0 };
}

void
finding_tell(struct findings *findings, enum finding_level level,
    const char *format, ...)
{
	struct finding *more = realloc(
	    findings->at, (findings->n + 1) * sizeof(*more));
	char *what = NULL;
	va_list ap;

	if (more == NULL) {
		findings->is_torn = true;
		return;
	}
	findings->at = more;
	va_start(ap, format);
	if (vasprintf(&what, format, ap) < 0) {
		what = NULL;
		findings->is_torn = true;
	}
	va_end(ap);
	more[findings->n++] = (struct finding){ level, findings->about, what,
		NULL };
}

void
finding_remedy(struct findings *findings, const char *format, ...)
{
	struct finding *last;
	va_list ap;

	if (findings->n == 0)
		return; /* it was lost */
	last = &findings->at[findings->n - 1];
	free(last->remedy);
	va_start(ap, format);
	if (vasprintf(&last->remedy, format, ap) < 0) {
		last->remedy = NULL;
		findings->is_torn = true;
	}
	va_end(ap);
}

enum finding_level
finding_worst(const struct findings *findings)
{
	enum finding_level worst = findings->is_torn ? FINDING_ERROR
	                                             : FINDING_OK;

	for (size_t i = 0; i < findings->n; i++)
		if (findings->at[i].level < worst)
			worst = findings->at[i].level;
	return worst;
}

/* A name in it may be anything. */
static void
print_escaped(const char *text)
{
	char escaped[TEXT_ESCAPED_MAX];

	text_escape(text != NULL ? text : "", escaped, sizeof(escaped));
	(void)fputs(escaped, stdout);
}

static void
print_one(const struct finding *finding, bool has_colours)
{
	const char *name = levels[finding->level].name;

	printf("%s%-7s%s  %-11s",
	    has_colours ? levels[finding->level].colour : "", name,
	    has_colours ? "\033[0m" : "", finding->about);
	print_escaped(finding->what);
	if (finding->remedy != NULL) {
		printf("\n%20s-> ", "");
		print_escaped(finding->remedy);
	}
	(void)putchar('\n');
}

static void
print_sum(const struct findings *findings)
{
	size_t n[FINDING_LEVELS] = { 0 };

	for (size_t i = 0; i < findings->n; i++)
		n[findings->at[i].level]++;
	printf("\nerrors: %zu, warnings: %zu, hints: %zu, ok: %zu\n",
	    n[FINDING_ERROR], n[FINDING_WARNING], n[FINDING_HINT],
	    n[FINDING_OK]);
}

int
finding_print(const struct findings *findings)
{
	const char *no_color = getenv("NO_COLOR");
	bool is_plain = no_color != NULL && no_color[0] != '\0';

	for (size_t i = 0; i < findings->n; i++)
		print_one(&findings->at[i], !is_plain && isatty(STDOUT_FILENO));
	print_sum(findings);
	return findings->is_torn ? -ENOMEM : 0;
}

int
finding_print_json(const struct findings *findings)
{
	SCOPED(record_release) struct record *all = record_new();

	record_put_list(all, "findings");
	for (size_t i = 0; i < findings->n; i++) {
		const struct finding *finding = &findings->at[i];
		struct record *one = record_add_record(all, "findings");

		record_put_text(one, "level", levels[finding->level].name);
		record_put_text(one, "about", finding->about);
		if (finding->what != NULL)
			record_put_text(one, "what", finding->what);
		if (finding->remedy != NULL)
			record_put_text(one, "remedy", finding->remedy);
	}
	record_put_text(all, "worst", levels[finding_worst(findings)].name);
	return cli_print(all) < 0 || findings->is_torn ? -ENOMEM : 0;
}

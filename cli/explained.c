#include "cli/explained.h"

#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>

#include "common/text.h"
#include "policy/explain.h"
#include "policy/policy.h"

#define OWNER_WIDTH 12 /* of most */

static void
print_text(const char *text)
{
	char escaped[TEXT_ESCAPED_MAX];

	text_escape(text, escaped, sizeof(escaped));
	(void)fputs(escaped, stdout);
}

/* REASON_UNKNOWN: from a guard that knows more. */
static enum reason
reason_of(const char *slug)
{
	for (int i = 0; i < REASONS; i++)
		if (strcmp(explain_reason((enum reason)i), slug) == 0)
			return (enum reason)i;
	return REASON_UNKNOWN;
}

/* FILE:LINE; of the file that the head names, the line alone. */
static void
print_line(const struct record *all, const struct record *of)
{
	const char *where = record_text(of, "policy_line");
	const char *head = record_text(
	    record_in(all, "explain"), "policy_line");
	const char *colon = strrchr(where, ':');

	if (colon == NULL)
		return;
	(void)fputs(" (", stdout);
	if (strncmp(where, head, (size_t)(colon - where) + 1) == 0)
		(void)printf("line %s", colon + 1);
	else
		print_text(where);
	(void)fputs(")", stdout);
}

static void
print_owner(const struct record *of)
{
	uintmax_t uid = record_number(of, "owner");
	uintmax_t gid = record_number(of, "group");
	const struct passwd *pw = getpwuid((uid_t)uid);
	const struct group *gr = getgrgid((gid_t)gid);
	char owner[64], group[64];

	(void)snprintf(owner, sizeof(owner), "%ju", uid);
	(void)snprintf(group, sizeof(group), "%ju", gid);
	if (pw != NULL)
		(void)snprintf(owner, sizeof(owner), "%s", pw->pw_name);
	if (gr != NULL)
		(void)snprintf(group, sizeof(group), "%s", gr->gr_name);
	(void)printf("%s %s:%s", record_text(of, "mode"), owner, group);
	for (size_t n = strlen(owner) + strlen(group); n < OWNER_WIDTH; n++)
		(void)putchar(' ');
}

static void
print_node(const struct record *node)
{
	static const struct {
		const char *slug;
		const char *words;
	} reasons[] = {
		{ "owner", "its owner is not trusted" },
		{ "writable", "group or others may write to it" },
		{ "acl", "its access control list lets others write to it" },
	};
	const char *slug = record_text(node, "reason");

	(void)printf("    %s ", strcmp(slug, "none") == 0 ? "ok" : "no");
	print_owner(node);
	(void)putchar(' ');
	print_text(record_text(node, "path"));
	for (size_t i = 0; i < LENGTH(reasons); i++)
		if (strcmp(reasons[i].slug, slug) == 0)
			(void)printf(": %s", reasons[i].words);
	(void)putchar('\n');
}

static void
print_chain(const struct record *image)
{
	for (size_t i = 0; i < record_count(image, "chain"); i++) {
		const struct record *node = record_at(image, "chain", i);

		if (record_text(node, "reason")[0] != '\0')
			print_node(node);
	}
}

static void
print_check(const struct record *all, const struct record *check)
{
	const char *reason = record_text(check, "reason");
	const char *name = record_text(check, "check");
	bool is_fine = strcmp(reason, "none") == 0;

	(void)printf("  %-10s ", name);
	if (is_fine)
		(void)printf(
		    record_is(check, "excepted") ? "ok, by except" : "ok");
	else
		(void)printf("%s: %s", record_text(check, "action"),
		    explain_sentence(reason_of(reason)));
	print_line(all, check);
	(void)putchar('\n');
}

static void
print_image(const struct record *all, const struct record *image)
{
	(void)printf("\n%s ", record_text(image, "role"));
	print_text(record_text(image, "path"));
	(void)printf("\n  %-10s ", "file");
	print_owner(image);
	(void)printf(" device %s, inode %ju", record_text(image, "device"),
	    (uintmax_t)record_number(image, "inode"));
	if (record_text(image, "filesystem")[0] != '\0')
		(void)printf(", %s", record_text(image, "filesystem"));
	(void)putchar('\n');
	for (size_t i = 0; i < record_count(image, "checks"); i++) {
		const struct record *check = record_at(image, "checks", i);

		if (record_is(check, "off"))
			continue;
		print_check(all, check);
		if (strcmp(record_text(check, "check"), "tpe") == 0)
			print_chain(image);
	}
}

static void
print_head(const struct record *all)
{
	const struct record *head = record_in(all, "explain");

	print_text(record_text(head, "asked"));
	(void)fputs(" for ", stdout);
	print_text(record_text(head, "user"));
	if (record_text(head, "policy")[0] == '\0') {
		(void)fputs(": no policy applies\n", stdout);
		return;
	}
	(void)fputs(", by policy \"", stdout);
	print_text(record_text(head, "policy"));
	(void)fputs("\" at ", stdout);
	print_text(record_text(head, "policy_line"));
	if (strcmp(record_text(head, "mode"), "permissive") == 0)
		(void)fputs(", which is permissive", stdout);
	(void)putchar('\n');
}

static void
print_stop(const struct record *stop)
{
	const char *error = record_text(stop, "error");

	(void)printf("%s%s%s.\n", record_text(stop, "why"),
	    error[0] != '\0' ? ": " : "", error);
}

/* What cannot be known outside a session, where it could matter. */
static void
print_notes(const struct explanation *explanation)
{
	const struct record *head = record_in(explanation->all, "explain");
	const struct record *stop = record_in(explanation->all, "stop");

	(void)putchar('\n');
	if (record_is(head, "crashes_unknown") &&
	    record_count(explanation->all, "images") > 0)
		(void)puts("Each session counts crashes of its own: "
			   "'execguardctl crashes' says who is suspended.");
	if (record_is(head, "libraries"))
		(void)puts("Libraries are judged when they are mapped, and not "
			   "here.");
	if (explanation->has_arguments)
		(void)puts("The words behind the command are not judged.");
	if (stop == NULL || record_is(stop, "certain"))
		return;
	(void)fputs("What follows ", stdout);
	print_text(record_text(stop, "path"));
	(void)fputs(" is not known: ", stdout);
	print_stop(stop);
}

/* What the user would notice. */
static const char *
effect(const char *action, bool is_confirm)
{
	if (strcmp(action, action_name(ACTION_EXIT)) == 0)
		return "and the session would end";
	if (strcmp(action, action_name(ACTION_STOP)) == 0)
		return "and the process would be stopped";
	if (is_confirm || strcmp(action, action_name(ACTION_KILL)) == 0)
		return "and the process would be killed";
	if (strcmp(action, action_name(ACTION_ABORT)) == 0)
		return "and the process would be aborted";
	return "with \"Permission denied\"";
}

static void
print_verdict(const struct record *verdict, const char *word)
{
	const char *path = record_text(verdict, "path");
	const char *action = record_text(verdict, "action");
	const char *reason = record_text(verdict, "reason");
	bool is_confirm = strcmp(record_text(verdict, "phase"), "confirm") == 0;

	(void)printf("It would %s", word);
	if (explanation_is_refusal(action))
		(void)printf(", %s", effect(action, is_confirm));
	if (strcmp(reason, "none") == 0) {
		(void)puts(".");
		return;
	}
	(void)printf(
	    ": %s objects (%s) to ", record_text(verdict, "check"), reason);
	print_text(path[0] != '\0' ? path : "it");
	(void)puts(".");
}

/* "tpe.roots or tpe.except (line 4)", of one check that refuses; false: there
 * is no such keyword. */
static bool
print_tip(const struct record *all, const struct record *check, bool is_first)
{
	const char *tip = record_text(check, "tip");
	const char *name = record_text(check, "check");
	bool is_bare = strchr(tip, '.') == NULL;

	if (tip[0] == '\0')
		return false;
	(void)fputs(is_first ? "" : ", and ", stdout);
	if (is_bare)
		(void)printf("%s.%s", name, tip);
	else
		(void)fputs(tip, stdout);
	if (strcmp(is_bare ? tip : strchr(tip, '.') + 1, "except") != 0)
		(void)printf(" or %s.except", name);
	print_line(all, check);
	return true;
}

/* Every check that refuses, or the answer would stay.  Returns how many. */
static size_t
print_tips(const struct record *all)
{
	bool is_told[CHECKS][REASONS] = { 0 };
	size_t n = 0;

	for (size_t i = 0; i < record_count(all, "images"); i++) {
		const struct record *image = record_at(all, "images", i);

		for (size_t c = 0; c < record_count(image, "checks"); c++) {
			const struct record *check = record_at(
			    image, "checks", c);
			enum reason reason = reason_of(
			    record_text(check, "reason"));

			if (c >= CHECKS || is_told[c][reason] ||
			    !explanation_is_refusal(
				record_text(check, "action")))
				continue;
			is_told[c][reason] = true;
			n += print_tip(all, check, n == 0);
		}
	}
	return n;
}

static void
print_kernel(const struct record *all)
{
	const struct record *kernel = record_in(all, "kernel");
	const struct record *stop = record_in(all, "stop");

	/* What the guard saw says more than what the kernel answers. */
	bool is_stopped = stop != NULL && record_is(stop, "certain");

	(void)fputs("It would not run: the kernel refuses ", stdout);
	print_text(record_text(is_stopped ? stop : kernel, "path"));
	(void)fputs(": ", stdout);
	if (is_stopped)
		print_stop(stop);
	else
		(void)printf("%s.\n", record_text(kernel, "error"));
}

static bool
is_warning(const struct record *verdict)
{
	return strcmp(record_text(verdict, "action"),
		   action_name(ACTION_WARN)) == 0;
}

static void
print_answer(const struct explanation *explanation)
{
	const struct record *all = explanation->all;
	const struct record *verdict = record_in(all, "verdict");

	switch (explanation_answer(explanation)) {
	case ANSWER_RUNS:
		if (verdict == NULL)
			(void)puts("It would run.");
		else
			print_verdict(verdict,
			    is_warning(verdict) ? "run, and be logged" : "run");
		(void)puts("To change that: nothing, it is permitted.");
		return;
	case ANSWER_GUARD:
		print_verdict(verdict, "be refused");
		(void)fputs("To change that: ", stdout);
		if (print_tips(all) == 0)
			(void)fputs("no keyword of the policy would", stdout);
		(void)puts(".");
		return;
	case ANSWER_KERNEL:
		print_kernel(all);
		(void)puts("To change that: the file itself; no policy "
			   "refuses it.");
		return;
	case ANSWER_UNKNOWN:
		break;
	}
	(void)puts("Whether it would run is known only when it is run.");
	(void)puts("To change that: nothing that was found refuses it.");
}

void
explained_print(const struct explanation *explanation)
{
	const struct record *all = explanation->all;

	print_head(all);
	for (size_t i = 0; i < record_count(all, "images"); i++)
		print_image(all, record_at(all, "images", i));
	print_notes(explanation);
	print_answer(explanation);
}

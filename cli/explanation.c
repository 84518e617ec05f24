#include "cli/explanation.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "policy/policy.h"

void
explanation_release(struct explanation *explanation)
{
	record_release(&explanation->all);
}

void
explanation_hear(struct explanation *explanation, const struct record *line)
{
	static const char *const single[] = { "explain", "stop", "verdict" };
	const struct record *image = record_in(line, "image");

	for (size_t i = 0; i < LENGTH(single); i++)
		record_share(
		    explanation->all, single[i], record_in(line, single[i]));
	record_put_list(explanation->all, "images");
	if (image != NULL)
		record_add(explanation->all, "images", image);
}

static void
ask_kernel(struct explanation *explanation, const char *path)
{
	struct record *kernel;

	if (record_in(explanation->all, "kernel") != NULL ||
	    access(path, X_OK) == 0)
		return;
	kernel = record_put_record(explanation->all, "kernel");
	record_put_text(kernel, "path", path);
	record_put_text(kernel, "error", strerror(errno));
}

void
explanation_ask_kernel(struct explanation *explanation)
{
	const struct record *all = explanation->all;
	const struct record *head = record_in(all, "explain");

	if (head == NULL)
		return;
	ask_kernel(explanation, record_text(head, "asked"));
	for (size_t i = 0; i < record_count(all, "images"); i++) {
		const struct record *image = record_at(all, "images", i);

		if (strcmp(record_text(image, "name"), "verified") == 0)
			ask_kernel(explanation, record_text(image, "path"));
	}
}

void
explanation_unguarded(
    struct explanation *explanation, const char *path, const char *user)
{
	struct record *head = record_put_record(explanation->all, "explain");

	record_put_text(head, "asked", path);
	record_put_text(head, "user", user);
	record_put_list(explanation->all, "images");
	explanation_ask_kernel(explanation);
}

bool
explanation_is_refusal(const char *action)
{
	return strcmp(action, action_name(ACTION_ALLOW)) != 0 &&
	       strcmp(action, action_name(ACTION_WARN)) != 0;
}

enum answer
explanation_answer(const struct explanation *explanation)
{
	const struct record *all = explanation->all;
	const struct record *head = record_in(all, "explain");
	const struct record *verdict = record_in(all, "verdict");
	const struct record *stop = record_in(all, "stop");
	bool is_refused = verdict != NULL && explanation_is_refusal(record_text(
						 verdict, "action"));

	if (is_refused && strcmp(record_text(verdict, "phase"), "ask") == 0)
		return ANSWER_GUARD;
	/* Between the two phases. */
	if (record_in(all, "kernel") != NULL ||
	    (stop != NULL && record_is(stop, "certain")))
		return ANSWER_KERNEL;
	if (is_refused)
		return ANSWER_GUARD;
	if (stop != NULL || head == NULL)
		return ANSWER_UNKNOWN;
	return verdict != NULL || record_text(head, "policy")[0] == '\0'
	           ? ANSWER_RUNS
	           : ANSWER_UNKNOWN;
}

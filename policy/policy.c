#include "policy/policy.h"

#include <stdlib.h>
#include <string.h>

#include "common/scope.h"

static void
words_release(struct words *words)
{
	for (size_t i = 0; i < words->n; i++)
		free(words->at[i]);
	free(words->at);
}

static void
policy_release(struct policy *p)
{
	free(p->name);
	free(p->file);
	free(p->message);
	words_release(&p->users);
	words_release(&p->groups);
	words_release(&p->except_users);
	words_release(&p->except_groups);
	words_release(&p->segvguard.except);
	words_release(&p->exec.allow);
	words_release(&p->exec.deny);
	words_release(&p->exec.except);
	words_release(&p->tpe.roots);
	free(p->tpe.owners.at);
	free(p->tpe.writers.at);
	words_release(&p->tpe.filesystems);
	words_release(&p->tpe.except);
	words_release(&p->elf.except);
	words_release(&p->integrity.manifests);
	words_release(&p->integrity.except);
	manifest_release(&p->integrity.listed);
	words_release(&p->environment.except);
}

const struct policy *
policies_named(const struct policies *policies, const char *name)
{
	for (size_t i = 0; i < policies->n; i++)
		if (strcmp(policies->at[i].name, name) == 0)
			return &policies->at[i];
	return NULL;
}

void
policies_release(struct policies *p)
{
	for (size_t i = 0; i < p->n; i++)
		policy_release(&p->at[i]);
	free(p->at);
	free(p->events);
	*p = (struct policies){ 0 };
}

/* policy_test asks for each section that has an action. */
static bool
ends_session(const struct policy *p)
{
	const enum action actions_of[] = {
		p->segvguard.action,
		p->exec.action,
		p->tpe.action,
		p->elf.action,
		p->integrity.action,
		p->integrity.unlisted,
		p->integrity.mismatch,
	};

	for (size_t i = 0; i < LENGTH(actions_of); i++)
		if (actions_of[i] == ACTION_EXIT)
			return true;
	return p->on_logout == LOGOUT_KILL;
}

bool
policy_any_ends_session(const struct policies *p)
{
	for (size_t i = 0; i < p->n; i++)
		if (ends_session(&p->at[i]))
			return true;
	return false;
}

/* An action missing here would be as severe as nothing: see policy_test. */
static const struct {
	const char *name;
	int severity;
	bool lets_run;
} actions[ACTIONS] = {
	[ACTION_ALLOW] = { "allow", 0, true },
	[ACTION_WARN] = { "warn", 1, true },
	[ACTION_FILTER] = { "filter", 2, false },
	[ACTION_DENY] = { "deny", 3, false },
	[ACTION_STOP] = { "stop", 4, false },
	[ACTION_ABORT] = { "abort", 5, false },
	[ACTION_KILL] = { "kill", 6, false },
	[ACTION_EXIT] = { "exit", 7, false },
};

int
action_severity(enum action action)
{
	return actions[action].severity;
}

const char *
action_name(enum action action)
{
	return actions[action].name;
}

bool
action_lets_run(enum action action)
{
	return actions[action].lets_run;
}

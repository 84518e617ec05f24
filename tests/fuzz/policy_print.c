#include "tests/fuzz/policy_print.h"

#include <stdio.h>

static void
text(FILE *to, const char *word)
{
	(void)fputc('"', to);
	for (; *word != '\0'; word++) {
		if (*word == '"' || *word == '\\')
			(void)fputc('\\', to);
		(void)fputc(*word, to);
	}
	(void)fputc('"', to);
}

/* An empty list is left out. */
static void
words(FILE *to, const char *name, const struct words *list)
{
	for (size_t i = 0; i < list->n; i++) {
		if (i == 0)
			(void)fprintf(to, "%s = {", name);
		else
			(void)fputs(", ", to);
		text(to, list->at[i]);
	}
	if (list->n > 0)
		(void)fputs("}\n", to);
}

static void
ids(FILE *to, const char *name, const struct ids *list)
{
	for (size_t i = 0; i < list->n; i++) {
		if (i == 0)
			(void)fprintf(to, "%s = {", name);
		(void)fprintf(to, "%u, ", list->at[i]);
	}
	if (list->n > 0)
		(void)fputs("}\n", to);
}

static void
word(FILE *to, const char *name, const char *value)
{
	(void)fprintf(to, "%s = %s\n", name, value);
}

static void
checks(FILE *to, const struct policy *p)
{
	if (p->segvguard.is_on) {
		(void)fprintf(to,
		    "segvguard { maxcrashes = %u expiry = %u suspension = %u\n",
		    p->segvguard.maxcrashes, p->segvguard.expiry_s,
		    p->segvguard.suspension_s);
		word(to, "action", action_name(p->segvguard.action));
		word(to, "kill_running",
		    p->segvguard.kill_running ? "true" : "false");
		words(to, "except", &p->segvguard.except);
		(void)fputs("}\n", to);
	}
	if (p->exec.is_on) {
		(void)fputs("exec {\n", to);
		word(to, "action", action_name(p->exec.action));
		word(to, "default", p->exec.default_allow ? "allow" : "deny");
		words(to, "allow", &p->exec.allow);
		words(to, "deny", &p->exec.deny);
		words(to, "except", &p->exec.except);
		(void)fputs("}\n", to);
	}
	if (p->tpe.is_on) {
		(void)fputs("tpe {\n", to);
		word(to, "action", action_name(p->tpe.action));
		word(to, "own", p->tpe.own ? "true" : "false");
		words(to, "roots", &p->tpe.roots);
		ids(to, "owners", &p->tpe.owners);
		ids(to, "writers", &p->tpe.writers);
		words(to, "filesystems", &p->tpe.filesystems);
		words(to, "except", &p->tpe.except);
		(void)fputs("}\n", to);
	}
}

static void
changes(FILE *to, const struct policy *p)
{
	if (p->environment.is_on) {
		(void)fputs("environment {\n", to);
		word(to, "secure", p->environment.secure ? "true" : "false");
		word(to, "vdso", p->environment.hide_vdso ? "hide" : "show");
		words(to, "except", &p->environment.except);
		(void)fputs("}\n", to);
	}
	if (p->memory.is_on)
		(void)fprintf(to, "memory { write_exec = %s }\n",
		    p->memory.deny_write_exec ? "deny" : "allow");
	if (p->scripts.is_on)
		(void)fprintf(to,
		    "scripts { restrict = %s interactive = %s }\n",
		    p->scripts.restrict_files ? "true" : "false",
		    p->scripts.deny_interactive ? "deny" : "allow");
}

static void
policy(FILE *to, const struct policy *p)
{
	(void)fputs("policy ", to);
	text(to, p->name);
	(void)fputs(" {\n", to);
	words(to, "users", &p->users);
	words(to, "groups", &p->groups);
	words(to, "except_users", &p->except_users);
	words(to, "except_groups", &p->except_groups);
	word(to, "mode", p->mode == MODE_ENFORCE ? "enforce" : "permissive");
	word(to, "on_logout", p->on_logout == LOGOUT_KEEP ? "keep" : "kill");
	word(
	    to, "debuggers", p->debuggers == DEBUGGERS_DENY ? "deny" : "allow");
	if (p->message != NULL) {
		(void)fputs("message = ", to);
		text(to, p->message);
		(void)fputc('\n', to);
	}
	checks(to, p);
	changes(to, p);
	(void)fputs("}\n", to);
}

char *
policy_print(const struct policies *policies)
{
	char *out = NULL;
	size_t len;
	FILE *to = open_memstream(&out, &len);

	if (to == NULL)
		return NULL;
	if (policies->events != NULL) {
		(void)fputs("events = ", to);
		text(to, policies->events);
		(void)fputc('\n', to);
	}
	for (size_t i = 0; i < policies->n; i++)
		policy(to, &policies->at[i]);
	(void)fclose(to);
	return out;
}

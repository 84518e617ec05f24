#include "cli/doubts.h"

#include <grp.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "common/scope.h"
#include "policy/policy.h"
#include "policy/select.h"

struct listener {
	doubts_hear *hear;
	void *context;
};

static void
doubt(const struct listener *to, const struct policy *p, const char *what,
    const char *word)
{
	SCOPED(text_release) char *line = NULL;

	if (asprintf(&line, "%s%s", what, word) < 0) {
		line = NULL;
		return; /* what matters is told elsewhere */
	}
	to->hear(p, line, to->context);
}

/* Whether word is one name: no pattern and no number. */
static bool
is_name(const char *word)
{
	uint32_t low, high;

	return select_range(word, &low, &high) == ID_RANGE_NONE &&
	       strpbrk(word, "*?[\\") == NULL;
}

static bool
user_exists(const char *name)
{
	return getpwnam(name) != NULL;
}

static bool
group_exists(const char *name)
{
	return getgrnam(name) != NULL;
}

static void
doubt_word(const struct listener *to, const struct policy *p, const char *word,
    bool is_group)
{
	bool (*exists)(const char *) = is_group ? group_exists : user_exists;

	if (is_name(word) && !exists(word))
		doubt(to, p,
		    is_group ? "there is no group " : "there is no user ",
		    word);
	if (strspn(word, "0123456789") == strlen(word) && exists(word))
		doubt(to, p,
		    "digits are a number, and there is a name like that, "
		    "which \"[0-9]...\" would match: ",
		    word);
	if (strchr(word, '\\') != NULL)
		doubt(to, p,
		    "a backslash stands for the byte behind it, write two: ",
		    word);
}

static void
doubt_words(const struct listener *to, const struct policy *p,
    const struct words *words, bool is_group)
{
	for (size_t i = 0; i < words->n; i++)
		doubt_word(to, p, words->at[i], is_group);
}

static void
doubt_roots(const struct listener *to, const struct policy *p)
{
	for (size_t i = 0; i < p->tpe.roots.n; i++)
		if (access(p->tpe.roots.at[i], F_OK) < 0)
			doubt(to, p, "there is no root ", p->tpe.roots.at[i]);
}

/* The guard would send them to syslog, and say so there. */
static void
doubt_events(const struct listener *to, const struct policies *policies)
{
	SCOPED(text_release) char *folder = NULL;
	struct stat st;

	if (policies->events == NULL)
		return;
	folder = strdup(policies->events);
	if (folder == NULL)
		return;
	*strrchr(folder, '/') = '\0'; /* it is absolute */
	if (stat(folder[0] != '\0' ? folder : "/", &st) < 0)
		doubt(to, NULL, "events: there is no folder ", folder);
	else if (stat(policies->events, &st) == 0 &&
		 (!S_ISREG(st.st_mode) ||
		     (st.st_uid != 0 && st.st_uid != geteuid()) ||
		     (st.st_mode & (S_IWGRP | S_IWOTH)) != 0))
		doubt(to, NULL,
		    "events: this is no file of root's that nobody else can "
		    "write: ",
		    policies->events);
}

static void
doubt_policy(const struct listener *to, const struct policy *p)
{
	doubt_words(to, p, &p->users, false);
	doubt_words(to, p, &p->groups, true);
	doubt_words(to, p, &p->except_users, false);
	doubt_words(to, p, &p->except_groups, true);
	doubt_roots(to, p);
	if (!p->segvguard.is_on && !p->exec.is_on && !p->tpe.is_on &&
	    !p->elf.is_on && !p->integrity.is_on && !p->environment.is_on &&
	    !p->memory.is_on && !p->scripts.is_on)
		doubt(to, p, "it has no check, so it refuses nothing", "");
	if (p->exec.is_on && p->exec.allow.n == 0 && !p->exec.default_allow)
		doubt(to, p,
		    "exec denies every program: name some in allow, or say "
		    "default = allow",
		    "");
}

void
doubts_tell(const struct policies *policies, doubts_hear *hear, void *context)
{
	const struct listener to = { hear, context };

	for (size_t i = 0; i < policies->n; i++)
		doubt_policy(&to, &policies->at[i]);
	doubt_events(&to, policies);
}

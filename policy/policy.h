/*
 * policy.h - one policy, and the list of them.
 *
 * Floor 1a, pure data; parse.c makes it, policies_release() frees it.
 */
#ifndef EXECGUARD_POLICY_H
#define EXECGUARD_POLICY_H

#include <stddef.h>

#include "policy/rules.h"

enum policy_mode {
	MODE_ENFORCE = 0,
	MODE_PERMISSIVE, /* every denial becomes a warning; nothing blocks */
};

enum policy_on_logout {
	LOGOUT_KEEP = 0, /* what still runs stays, and stays guarded */
	LOGOUT_KILL,
};

enum policy_debuggers {
	DEBUGGERS_DENY = 0,
	DEBUGGERS_ALLOW, /* ptrace(2) between processes of the session */
};

struct policy {
	char *name; /* owned */
	char *file; /* owned; with line, where it was written */
	unsigned line;
	enum policy_mode mode;
	enum policy_on_logout on_logout;
	enum policy_debuggers debuggers;
	char *message;       /* owned; NULL: none */
	struct words users;  /* names, globs, "1000", "1000-1999" */
	struct words groups; /* the same */
	struct words except_users;
	struct words except_groups;
	struct segvguard_rules segvguard;
	struct exec_rules exec;
	struct tpe_rules tpe;
	struct elf_rules elf;
	struct integrity_rules integrity;
	struct environment_rules environment;
	struct memory_rules memory;
	struct scripts_rules scripts;
};

struct policies {
	struct policy *at; /* owned; in the order they were read */
	size_t n;
	char *events; /* owned; absolute path of the event file; NULL: syslog */
};

/* Free what p holds; the zero value and a half-built one are fine. */
/* The policy of that name, or NULL. */
const struct policy *policies_named(
    const struct policies *policies, const char *name);

void policies_release(struct policies *p);

/* Whether the answer of any of them can be the end of a whole session: at
 * logout, or because an exec was refused. */
bool policy_any_ends_session(const struct policies *p);

/* 0 for ACTION_ALLOW up to 7 for ACTION_EXIT. */
int action_severity(enum action action);

/* The word of the policy language. */
const char *action_name(enum action action);

/* Whether an exec is let through: ACTION_ALLOW and ACTION_WARN. */
bool action_lets_run(enum action action);

#endif

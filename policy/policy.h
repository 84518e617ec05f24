/*
 * policy.h - one policy, and the list of them.
 *
 * Floor 1a, pure data; parse.c makes it, policies_release() frees it.
 */
#ifndef EXECGUARD_POLICY_H
#define EXECGUARD_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Zero denies.  action_severity() gives the order of execguard.conf(5). */
enum action {
	ACTION_DENY = 0, /* deny, and log */
	ACTION_ALLOW,
	ACTION_WARN,   /* allow, and log */
	ACTION_FILTER, /* deny, silently */
	ACTION_STOP,   /* deny; the asker gets SIGSTOP */
	ACTION_ABORT,  /* deny; the asker gets SIGABRT */
	ACTION_KILL,   /* deny; the asker gets SIGKILL */
	ACTION_EXIT,   /* the whole session ends */
	ACTIONS,
};

enum policy_mode {
	MODE_ENFORCE = 0,
	MODE_PERMISSIVE, /* every denial becomes a warning; nothing blocks */
};

enum policy_on_logout {
	LOGOUT_KEEP = 0, /* what still runs stays, and stays guarded */
	LOGOUT_KILL,
};

struct words {
	char **at; /* owned */
	size_t n;
};

struct ids {
	uint32_t *at; /* owned */
	size_t n;
};

struct tpe_rules {
	bool is_on;
	unsigned line;
	enum action action;
	struct words roots; /* absolute, no trailing slash but "/" itself */
	struct ids owners;  /* uids; default root */
	struct ids writers; /* gids; default none */
	bool own;
	struct words filesystems; /* empty: local disks and the roots' own */
	struct words except;
};

/* Bounds that parse.c enforces. */
#define MAXCRASHES_MAX 32
#define EXPIRY_MAX_S   (365 * 86400)

struct segvguard_rules {
	bool is_on;
	unsigned line;
	enum action action;
	unsigned maxcrashes;   /* 1 to MAXCRASHES_MAX; default 5 */
	unsigned expiry_s;     /* 1 to EXPIRY_MAX_S; default 120 */
	unsigned suspension_s; /* 1 to EXPIRY_MAX_S; default 600 */
	bool kill_running;     /* default false */
	struct words except;
};

struct exec_rules {
	bool is_on;
	unsigned line;
	enum action action;
	struct words allow;
	struct words deny;
	bool default_allow; /* default = allow; the default is deny */
	struct words except;
};

struct policy {
	char *name; /* owned */
	char *file; /* owned; with line, where it was written */
	unsigned line;
	enum policy_mode mode;
	enum policy_on_logout on_logout;
	char *message;       /* owned; NULL: none */
	struct words users;  /* names, globs, "1000", "1000-1999" */
	struct words groups; /* the same */
	struct words except_users;
	struct words except_groups;
	struct segvguard_rules segvguard;
	struct exec_rules exec;
	struct tpe_rules tpe;
};

struct policies {
	struct policy *at; /* owned; in the order they were read */
	size_t n;
	char *events; /* owned; absolute path of the event file; NULL: syslog */
};

/* Free what p holds; the zero value and a half-built one are fine. */
void policies_release(struct policies *p);

/* 0 for ACTION_ALLOW up to 7 for ACTION_EXIT. */
int action_severity(enum action action);

/* The word of the policy language. */
const char *action_name(enum action action);

/* Whether an exec is let through: ACTION_ALLOW and ACTION_WARN. */
bool action_lets_run(enum action action);

#endif

/*
 * rules.h - what the sections of a policy say.
 *
 * Floor 1a, pure data; keyword.c fills it word by word.
 */
#ifndef EXECGUARD_RULES_H
#define EXECGUARD_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policy/manifest.h"
#include "policy/words.h"

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

struct tpe_rules {
	bool is_on;
	unsigned line;
	enum action action;
	struct words roots; /* absolute, no trailing slash but "/" itself */
	struct ids owners;  /* uids; default root */
	struct ids writers; /* gids; default none */
	bool own;
	bool libraries; /* files mapped for execution are judged, too */
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
	bool is_shared;        /* scope = user: with his other sessions */
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

struct elf_rules {
	bool is_on;
	unsigned line;
	enum action action;
	bool require_pie;
	bool deny_execstack;
	bool deny_elf32;
	bool deny_dynamic;
	bool deny_static;
	bool deny_ldso;
	bool deny_textrel;
	bool deny_rwx;
	struct words except;
};

struct integrity_rules {
	bool is_on;
	unsigned line;
	enum action action;
	struct words manifests; /* absolute */
	bool weak;              /* MD5 and SHA-1 are good enough */
	enum action unlisted;   /* default: action */
	enum action mismatch;   /* the same */
	struct words except;
	bool is_loaded;         /* the manifests have been read: listed.h */
	struct manifest listed; /* owned */
};

/* Not checks: what is done to a session, or to each of its programs. */
struct environment_rules {
	bool is_on;
	unsigned line;
	bool secure;    /* AT_SECURE is set for every program */
	bool hide_vdso; /* and no vDSO is shown to it */
	struct words except;
};

struct memory_rules {
	bool is_on;
	unsigned line;
	bool deny_write_exec;
};

struct scripts_rules {
	bool is_on;
	unsigned line;
	bool restrict_files;
	bool deny_interactive;
};

#endif

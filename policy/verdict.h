/*
 * verdict.h - what follows of an exec, and why.
 *
 * Floor 1a, pure data; decide.c makes it, explain.c has the words.
 */
#ifndef EXECGUARD_VERDICT_H
#define EXECGUARD_VERDICT_H

#include <stddef.h>

#include "policy/rules.h"

enum check {
	CHECK_GUARD = 0, /* the guard itself: it could not know enough */
	CHECK_SEGVGUARD,
	CHECK_EXEC,
	CHECK_TPE,
	CHECK_ELF,
	CHECK_INTEGRITY,
	CHECK_ENVIRONMENT,
	CHECKS,
};

/* Why.  explain.c has a slug and a sentence for each. */
enum reason {
	REASON_UNKNOWN = 0, /* guard: the facts could not be collected */
	REASON_NONE,        /* nothing objects */
	REASON_UNSEEN,    /* guard: the asker is in no pid namespace of ours */
	REASON_TRACED,    /* guard: another tracer holds the asker */
	REASON_UNASKED,   /* guard: an image appeared that nobody allowed */
	REASON_SUSPENDED, /* segvguard */
	REASON_DENIED_PATH, /* exec: a deny glob matches */
	REASON_NOT_ALLOWED, /* exec: no allow glob matches */
	REASON_DETOUR,      /* exec: an allowed script, by another name */
	REASON_NO_PATH,     /* exec, tpe: memfd, unlinked, O_TMPFILE */
	REASON_OTHER_FILE,  /* exec, tpe: the name leads to another file here */
	REASON_FILESYSTEM,  /* tpe */
	REASON_OUTSIDE,     /* tpe: below no trusted root */
	REASON_OWNER,       /* tpe: file or directory of a foreign owner */
	REASON_WRITABLE,    /* tpe: group or others may write */
	REASON_ACL,         /* tpe: an ACL lets somebody write */
	REASON_DEEP,        /* tpe: more than CHAIN_MAX directories */
	REASON_UNINSPECTED, /* elf, integrity: its contents could not be read in
	                       time */
	REASON_MALFORMED,   /* elf: begins like an ELF file, and is none */
	REASON_DYNAMIC,     /* elf */
	REASON_STATIC,      /* elf */
	REASON_LDSO,        /* elf: a dynamic loader, or a library */
	REASON_ELF32,       /* elf */
	REASON_NOT_PIE,     /* elf */
	REASON_EXECSTACK,   /* elf */
	REASON_TEXTREL,     /* elf */
	REASON_RWX,         /* elf */
	REASON_UNLISTED,    /* integrity: in no manifest */
	REASON_MISMATCH,    /* integrity: not what the manifest says */
	REASON_VECTOR,   /* environment: the auxiliary vector was not found */
	REASON_UNJUDGED, /* tpe: files would be executable without a question */
	REASONS,
};

/* node of a verdict: the image's file itself, or an index into its chain. */
#define NODE_SELF (-1)

struct verdict {
	enum action action;
	enum check check;
	enum reason reason;
	unsigned line;      /* of the section that decided; 0: none */
	size_t image;       /* index into facts->images */
	int node;           /* tpe: which directory, or NODE_SELF */
	enum action wanted; /* what it was before mode = permissive */
};

#endif

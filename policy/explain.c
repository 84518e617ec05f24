/*
 * explain.c - a verdict in words.
 */
#include "policy/explain.h"

#include "common/scope.h"

static const char *const check_names[CHECKS] = {
	[CHECK_GUARD] = "guard",
	[CHECK_SEGVGUARD] = "segvguard",
	[CHECK_EXEC] = "exec",
	[CHECK_TPE] = "tpe",
	[CHECK_ELF] = "elf",
	[CHECK_INTEGRITY] = "integrity",
	[CHECK_ENVIRONMENT] = "environment",
};

static const char *const role_names[] = {
	[ROLE_PROGRAM] = "program",
	[ROLE_LOADER] = "loader",
	[ROLE_SCRIPT] = "script",
	[ROLE_INTERPRETER] = "interpreter",
	[ROLE_LIBRARY] = "library",
};

static const struct words_for {
	const char *slug;
	const char *tip;
	const char *sentence;
} reasons[REASONS] = {
	[REASON_UNKNOWN] = { "unknown", "", "it could not be examined" },
	[REASON_NONE] = { "none", "", "it is permitted" },
	[REASON_UNSEEN] = { "unseen", "",
	    "it was asked for by a process that the guard cannot see" },
	[REASON_TRACED] = { "traced", "",
	    "it was asked for by a process that another tracer holds" },
	[REASON_UNASKED] = { "unasked", "",
	    "it was loaded although nobody had allowed it" },
	[REASON_SUSPENDED] = { "suspended", "segvguard.except",
	    "it crashed too often and is suspended for a while" },
	[REASON_DENIED_PATH] = { "denied-path", "exec.deny",
	    "it is on the list of denied programs" },
	[REASON_NOT_ALLOWED] = { "not-allowed", "exec.allow",
	    "it is not on the list of allowed programs" },
	[REASON_DETOUR] = { "script-detour", "exec.allow",
	    "it is a script that was not started by its own full path" },
	[REASON_NO_PATH] = { "no-path", "except",
	    "it has no name in any directory" },
	[REASON_OTHER_FILE] = { "other-file", "",
	    "it is not the file that has this name outside the session" },
	[REASON_FILESYSTEM] = { "filesystem", "tpe.filesystems",
	    "it is on a filesystem of a type that is not trusted" },
	[REASON_OUTSIDE] = { "outside-roots", "tpe.roots",
	    "it lies below no trusted root" },
	[REASON_OWNER] = { "owner", "tpe.owners",
	    "it or a directory above it belongs to somebody not trusted" },
	[REASON_WRITABLE] = { "writable", "tpe.writers",
	    "it or a directory above it can be written by group or others" },
	[REASON_ACL] = { "acl", "tpe.writers",
	    "it or a directory above it can be written through an access "
	    "control list" },
	[REASON_DEEP] = { "too-deep", "tpe.except",
	    "it lies too many directories deep" },
	[REASON_UNINSPECTED] = { "uninspected", "",
	    "it could not be read in time" },
	[REASON_MALFORMED] = { "malformed", "elf.except",
	    "it begins like an ELF file and is none that can be judged" },
	[REASON_DYNAMIC] = { "dynamic", "elf.dynamic",
	    "it is a dynamically linked program" },
	[REASON_STATIC] = { "static", "elf.static",
	    "it is a statically linked program" },
	[REASON_LDSO] = { "ldso", "elf.ldso",
	    "it is a dynamic loader or a library, not a program" },
	[REASON_ELF32] = { "elf32", "elf.elf32", "it is a 32-bit program" },
	[REASON_NOT_PIE] = { "not-pie", "elf.pie",
	    "it is not a position independent executable" },
	[REASON_EXECSTACK] = { "execstack", "elf.execstack",
	    "it would have an executable stack" },
	[REASON_TEXTREL] = { "textrel", "elf.textrel",
	    "it has code that is written to before it runs" },
	[REASON_RWX] = { "rwx", "elf.rwx",
	    "it has a segment that is both writable and executable" },
	[REASON_UNLISTED] = { "unlisted", "integrity.manifest",
	    "it is listed in no manifest" },
	[REASON_MISMATCH] = { "mismatch", "integrity.manifest",
	    "it does not hold what the manifest lists" },
	[REASON_VECTOR] = { "auxiliary-vector", "environment.except",
	    "it could not be given a secure execution" },
	[REASON_UNJUDGED] = { "unjudged", "tpe.libraries",
	    "it would make files executable that nobody has judged" },
};

static const struct words_for *
words_for(enum reason reason)
{
	return &reasons[(size_t)reason < REASONS ? reason : REASON_UNKNOWN];
}

const char *
explain_check(enum check check)
{
	return check_names[(size_t)check < CHECKS ? check : CHECK_GUARD];
}

const char *
explain_reason(enum reason reason)
{
	return words_for(reason)->slug;
}

const char *
explain_sentence(enum reason reason)
{
	return words_for(reason)->sentence;
}

const char *
explain_tip(enum reason reason)
{
	return words_for(reason)->tip;
}

const char *
explain_role(enum image_role role)
{
	return role_names[(size_t)role < LENGTH(role_names) ? role
							    : ROLE_PROGRAM];
}

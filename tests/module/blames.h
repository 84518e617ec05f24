/*
 * blames.h - why there is no guard.
 *
 * Each row is played by a user, by root, and by a user with onerr=succeed; all
 * of them are told, and the log is, the same cause and the same remedy.
 */
#ifndef EXECGUARD_TESTS_BLAMES_H
#define EXECGUARD_TESTS_BLAMES_H

#include <stdbool.h>

#include "tests/module/application.h"
#include "tests/module/fake.h"
#include "tests/module/stage.h"

static const struct blame {
	const char *name;
	const char *options;
	stage_setup *before;
	const char *why; /* to its last word; @ is the scratch folder */
	bool want_filter;
	bool is_slow; /* five seconds are waited, no more and no less */
	enum needs needs;
} blames[] = {
	{ "a guard that is not there", "guardd=@/missing", NULL,
	    "the guard cannot be started: cannot open @/missing: No such file "
	    "or "
	    "directory; install execguard, or correct the path of guardd",
	    false, false, NEEDS_NOTHING },
	{ "a guard that dies", FAKE("dead"), NULL,
	    "the guard @/fake ended instead of answering; the system log "
	    "(authpriv) says why",
	    false, false, NEEDS_ROOT },
	{ "a silent guard", FAKE("silent"), NULL,
	    "the guard @/fake did not answer within 5 seconds; the system log "
	    "(authpriv) says what it last did",
	    false, true, NEEDS_ROOT },
	{ "a guard of another version", FAKE("stranger"), NULL,
	    "the guard @/fake speaks another version; install all parts of "
	    "execguard from one build",
	    false, false, NEEDS_ROOT },
	{ "a broken policy, in the guard's words", FAKE("broken"), NULL,
	    "x.conf:1: no such word", false, false, NEEDS_ROOT },
	{ "an old kernel", FAKE("deaf"), application_old_kernel,
	    "this kernel cannot ask a guard about an exec; use Linux 5.14 or "
	    "later with CONFIG_SECCOMP_FILTER",
	    true, false, NEEDS_ROOT },
	{ "no CAP_SYS_ADMIN", FAKE("deaf"), application_weak,
	    "the exec filter needs CAP_SYS_ADMIN; let the service that opens "
	    "the session have it",
	    false, false, NEEDS_ROOT },
	{ "a thread that cannot be covered", FAKE("deaf"),
	    application_odd_thread,
	    "a thread of this program has a seccomp filter of its own and "
	    "cannot be guarded; let the program open sessions before it "
	    "confines its threads",
	    false, false, NEEDS_ROOT },
	{ "another supervisor", FAKE("deaf"), application_supervised,
	    "another supervisor listens to this process's system calls "
	    "already; open the session outside of it",
	    true, false, NEEDS_ROOT },
};

#endif

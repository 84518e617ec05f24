/*
 * notice.h - one line on the user's own terminal: what was refused, and why.
 *
 * Floor 2.  As write(1) does it: only on a terminal that lets group tty write
 * (mesg(1)), never waiting, and rarely enough not to be a nuisance.  The path
 * in it is the asker's own word, escaped: what it leads to, the guard sees with
 * root's eyes, and he may not be allowed to know.
 */
#ifndef EXECGUARD_NOTICE_H
#define EXECGUARD_NOTICE_H

#include <stdint.h>
#include <sys/types.h>

#include "policy/decide.h"
#include "policy/facts.h"

/* At most NOTICE_BURST lines, one more for each NOTICE_EVERY_MS that pass. */
#define NOTICE_BURST    5
#define NOTICE_EVERY_MS 2000
#define NOTICE_TRIES    4 /* a millisecond apart */

struct notice_limit {
	unsigned n_spent;
	uint64_t since; /* ms of CLOCK_BOOTTIME */
};

struct notice {
	uint32_t device; /* the asker's controlling terminal, proc_terminal(),
	                    asked for while he was surely there; 0: none */
	uid_t login; /* it is told if it belongs to him, or to the user whose
	                policy it was: numbers of terminals are not unique
	                (devpts, mounted anew in a user namespace) */
	const char *asked;             /* borrowed; NULL or "": not known */
	const struct policy *policy;   /* borrowed */
	const struct facts *facts;     /* borrowed */
	const struct verdict *verdict; /* borrowed */
};

/* Tell a terminal about a refusal. */
void notice_refusal(struct notice_limit *limit, const struct notice *notice);

#endif

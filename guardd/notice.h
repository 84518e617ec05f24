/*
 * notice.h - one line on the user's own terminal: what was refused, and why.
 *
 * Floor 2.  As write(1) does it: only on a terminal that lets group tty write
 * (mesg(1)), never waiting, and rarely enough not to be a nuisance.  The path
 * in it is escaped: it is the user's own, but he may not be its author.
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

struct notice_limit {
	unsigned n_spent;
	uint64_t since; /* ms of CLOCK_BOOTTIME */
};

/*
 * Tell a terminal about a refusal.  device is the asker's controlling one
 * (proc_terminal()), asked for while he was known to be there; 0: none.
 */
void notice_refusal(struct notice_limit *limit, uint32_t device,
    const struct policy *policy, const struct facts *facts,
    const struct verdict *verdict);

#endif

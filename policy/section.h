/*
 * section.h - the sections of a policy: what they mean when they are complete.
 *
 * Floor 1a; allocates through keyword.h.
 */
#ifndef EXECGUARD_SECTION_H
#define EXECGUARD_SECTION_H

#include <stddef.h>
#include <stdint.h>

#include "policy/policy.h"

struct section {
	const char *name;
	size_t is_on; /* offsets in struct policy */
	size_t line;
	const char *(*end)(struct policy *policy, uint64_t seen);
};

#define N_SECTIONS 8
extern const struct section sections[N_SECTIONS];

const struct section *section_find(const char *name);

/*
 * The section's last word was read: switch the check on, and fill in what is
 * by default.  line is where it began; seen has the keyword_bit() of every
 * keyword given.
 *
 * Returns NULL, or a static clause that says what is wrong with it
 * (take_no_memory for want of memory).
 */
const char *section_end(const struct section *section, struct policy *policy,
    unsigned line, uint64_t seen);

#endif

/*
 * segvguard.c - a program that keeps crashing is not run for a while.
 *
 * The ledger has already said until when; see policy/ledger.h.
 */
#include "policy/decide.h"
#include "policy/facts.h"

struct verdict
check_segvguard(const struct policy *policy, const struct facts *facts,
    const struct image *image)
{
	const struct segvguard_rules *rules = &policy->segvguard;

	/* What crashes, and is counted, is the program the kernel runs. */
	if (!rules->is_on || image->role != ROLE_PROGRAM)
		return decide_no_objection();
	if (image->suspended_until <= facts->now)
		return decide_no_objection();
	if (decide_names_image(&rules->except, image))
		return decide_no_objection();
	return decide_objection(
	    CHECK_SEGVGUARD, REASON_SUSPENDED, rules->action, rules->line);
}

#include "policy/debug.h"

#include <stddef.h>

bool
debug_is_permitted(const struct policy *policy)
{
	return policy == NULL || policy->debuggers == DEBUGGERS_ALLOW ||
	       policy->mode == MODE_PERMISSIVE;
}

enum debug_answer
debug_decide(const struct debug_facts *facts)
{
	if (facts->is_root)
		return facts->is_held ? DEBUG_STEP_BACK : DEBUG_GO_ON;
	if (!facts->asker_may || !facts->is_inside)
		return DEBUG_REFUSE;
	if (!facts->is_held)
		return DEBUG_GO_ON;
	return facts->target_may && facts->is_own && facts->is_plain
	           ? DEBUG_STEP_BACK
	           : DEBUG_REFUSE;
}

/*
 * debug.h - may one process trace another?
 *
 * Floor 1a, pure.
 */
#ifndef EXECGUARD_DEBUG_H
#define EXECGUARD_DEBUG_H

#include <stdbool.h>

#include "policy/policy.h"

/* Who wants to trace whom.  The zero value is refused. */
struct debug_facts {
	bool is_root;    /* the asker's real uid is 0 */
	bool asker_may;  /* debug_is_permitted() by the asker's policy */
	bool target_may; /* and by the target's */
	bool is_inside;  /* the target has a filter, as all of a session have */
	bool is_own;     /* the target's real uid is the asker's */
	bool is_plain;   /* and it is neither set-id nor hides its memory */
	bool is_held;    /* the guard is its tracer */
};

enum debug_answer {
	DEBUG_REFUSE = 0,
	DEBUG_GO_ON,     /* the kernel decides as it does anywhere */
	DEBUG_STEP_BACK, /* the same, once the guard has let go of it */
};

/* Whether a policy (NULL: nobody judges) permits debuggers.  A permissive one
 * blocks nothing. */
bool debug_is_permitted(const struct policy *policy);

/*
 * Root is trusted under either setting.  For anybody else the guard steps back
 * from nothing that the kernel would not give him in the end: a process that
 * was let go in vain is one whose crashes nobody counts.
 */
enum debug_answer debug_decide(const struct debug_facts *facts);

#endif

#include "guardd/tracee.h"

/*
 * GRANTED and HELD_GRANTED: a stop that is not the exec stop is taken on the
 * way back to user mode, so the exec failed, or a signal interrupted the
 * question and it will be asked again (ptrace(2), seccomp_unotify(2)).
 *
 * EVENT_WANTED: an exec that is under way comes first.  Who is GRANTED is made
 * to stop; if that is not the exec stop, the exec has failed.
 *
 * LEAVING and EXEC_*: has no entry on purpose.  Nobody allowed that image.
 */
/* clang-format off */
static const struct tracee_step steps[TRACEE_STATES][TRACEE_EVENTS] = {
	[TRACEE_GONE] = {
		[EVENT_ASKED] =        { TRACEE_GRANTED, ACT_NOTHING },
		[EVENT_WANTED] =       { TRACEE_GONE, ACT_NOTHING },
		[EVENT_EXIT] =         { TRACEE_GONE, ACT_FORGET },
	},
	[TRACEE_GRANTED] = {
		[EVENT_EXEC_STOPPED] = { TRACEE_FROZEN, ACT_NOTHING },
		[EVENT_EXEC_HOLD] =    { TRACEE_HELD, ACT_RESUME },
		[EVENT_EXEC_FREE] =    { TRACEE_GONE, ACT_LET_GO },
		[EVENT_EXEC_WAITS] =   { TRACEE_WAITING, ACT_NOTHING },
		[EVENT_ASKED] =        { TRACEE_GRANTED, ACT_NOTHING },
		[EVENT_ASK_LOST] =     { TRACEE_LEAVING, ACT_INTERRUPT },
		[EVENT_SIGNAL] =       { TRACEE_GONE, ACT_LET_GO },
		[EVENT_GROUP_STOP] =   { TRACEE_GONE, ACT_LET_GO },
		[EVENT_TRAP] =         { TRACEE_GONE, ACT_LET_GO },
		[EVENT_FORK] =         { TRACEE_GONE, ACT_LET_GO },
		[EVENT_WANTED] =       { TRACEE_GRANTED, ACT_INTERRUPT },
		[EVENT_EXIT] =         { TRACEE_GONE, ACT_FORGET },
	},
	[TRACEE_LEAVING] = {
		[EVENT_ASKED] =        { TRACEE_GRANTED, ACT_NOTHING },
		[EVENT_ASK_LOST] =     { TRACEE_LEAVING, ACT_NOTHING },
		[EVENT_SIGNAL] =       { TRACEE_GONE, ACT_LET_GO },
		[EVENT_GROUP_STOP] =   { TRACEE_GONE, ACT_LET_GO },
		[EVENT_TRAP] =         { TRACEE_GONE, ACT_LET_GO },
		[EVENT_FORK] =         { TRACEE_GONE, ACT_LET_GO },
		[EVENT_WANTED] =       { TRACEE_LEAVING, ACT_INTERRUPT },
		[EVENT_EXIT] =         { TRACEE_GONE, ACT_FORGET },
	},
	[TRACEE_NEWBORN] = {
		[EVENT_SIGNAL] =       { TRACEE_HELD, ACT_RESUME },
		[EVENT_GROUP_STOP] =   { TRACEE_HELD, ACT_LISTEN },
		[EVENT_TRAP] =         { TRACEE_HELD, ACT_RESUME },
		[EVENT_WANTED] =       { TRACEE_LEAVING, ACT_INTERRUPT },
		[EVENT_EXIT] =         { TRACEE_GONE, ACT_FORGET },
	},
	[TRACEE_HELD] = {
		[EVENT_ASKED] =        { TRACEE_HELD_GRANTED, ACT_NOTHING },
		[EVENT_SIGNAL] =       { TRACEE_HELD, ACT_RESUME },
		[EVENT_GROUP_STOP] =   { TRACEE_HELD, ACT_LISTEN },
		[EVENT_TRAP] =         { TRACEE_HELD, ACT_RESUME },
		[EVENT_FORK] =         { TRACEE_HELD, ACT_RESUME },
		[EVENT_WANTED] =       { TRACEE_LEAVING, ACT_INTERRUPT },
		[EVENT_EXIT] =         { TRACEE_GONE, ACT_FORGET },
	},
	[TRACEE_HELD_GRANTED] = {
		[EVENT_EXEC_STOPPED] = { TRACEE_FROZEN, ACT_NOTHING },
		[EVENT_EXEC_HOLD] =    { TRACEE_HELD, ACT_RESUME },
		[EVENT_EXEC_FREE] =    { TRACEE_GONE, ACT_LET_GO },
		[EVENT_EXEC_WAITS] =   { TRACEE_WAITING, ACT_NOTHING },
		[EVENT_ASKED] =        { TRACEE_HELD_GRANTED, ACT_NOTHING },
		[EVENT_ASK_LOST] =     { TRACEE_HELD, ACT_NOTHING },
		[EVENT_SIGNAL] =       { TRACEE_HELD, ACT_RESUME },
		[EVENT_GROUP_STOP] =   { TRACEE_HELD, ACT_LISTEN },
		[EVENT_TRAP] =         { TRACEE_HELD, ACT_RESUME },
		[EVENT_FORK] =         { TRACEE_HELD, ACT_RESUME },
		[EVENT_WANTED] =       { TRACEE_HELD_GRANTED, ACT_INTERRUPT },
		[EVENT_EXIT] =         { TRACEE_GONE, ACT_FORGET },
	},
	[TRACEE_WAITING] = {
		[EVENT_EXEC_STOPPED] = { TRACEE_FROZEN, ACT_NOTHING },
		[EVENT_EXEC_HOLD] =    { TRACEE_HELD, ACT_RESUME },
		[EVENT_EXEC_FREE] =    { TRACEE_GONE, ACT_LET_GO },
		[EVENT_EXEC_WAITS] =   { TRACEE_WAITING, ACT_NOTHING },
		[EVENT_WANTED] =       { TRACEE_WAITING, ACT_NOTHING },
		[EVENT_EXIT] =         { TRACEE_GONE, ACT_FORGET },
	},
	[TRACEE_FROZEN] = {
		[EVENT_WANTED] =       { TRACEE_FROZEN, ACT_NOTHING },
		[EVENT_EXIT] =         { TRACEE_GONE, ACT_FORGET },
	},
};
/* clang-format on */

struct tracee_step
tracee_step(enum tracee_state state, enum tracee_event event)
{
	return steps[state][event];
}

const char *
tracee_state_name(enum tracee_state state)
{
	static const char *const names[TRACEE_STATES] = {
		[TRACEE_GONE] = "gone",
		[TRACEE_GRANTED] = "granted",
		[TRACEE_LEAVING] = "leaving",
		[TRACEE_NEWBORN] = "newborn",
		[TRACEE_HELD] = "held",
		[TRACEE_HELD_GRANTED] = "held-granted",
		[TRACEE_WAITING] = "waiting",
		[TRACEE_FROZEN] = "frozen",
	};

	return names[state];
}

const char *
tracee_event_name(enum tracee_event event)
{
	static const char *const names[TRACEE_EVENTS] = {
		[EVENT_EXEC_DENIED] = "exec-denied",
		[EVENT_EXEC_STOPPED] = "exec-stopped",
		[EVENT_EXEC_HOLD] = "exec-hold",
		[EVENT_EXEC_FREE] = "exec-free",
		[EVENT_EXEC_WAITS] = "exec-waits",
		[EVENT_ASKED] = "asked",
		[EVENT_ASK_LOST] = "ask-lost",
		[EVENT_SIGNAL] = "signal",
		[EVENT_GROUP_STOP] = "group-stop",
		[EVENT_TRAP] = "trap",
		[EVENT_FORK] = "fork",
		[EVENT_WANTED] = "wanted",
		[EVENT_EXIT] = "exit",
	};

	return names[event];
}

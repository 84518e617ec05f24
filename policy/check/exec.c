/*
 * exec.c - what may be asked for, by path.
 *
 * `allow' and `default' judge what was asked for: the script if there is one,
 * else the program; a program that the script does not lead to (binfmt_misc) as
 * well.  `deny' judges everything, so that a denied interpreter is denied
 * through a script, and by another name, too.
 *
 * A library is no program: it is a matter of tpe.
 *
 * The ELF interpreter need not be allowed: the program names it.  Who can mount
 * in a namespace of his own chooses what lies there; then it must be.
 *
 * The interpreter of an allowed script need not be allowed itself; but it gets
 * the script by the name that was used, once as a word of its command line and
 * once to open it.  A name of the user's making may read as an option ("-s"),
 * or lead elsewhere by then.
 */
#include "policy/decide.h"
#include "policy/facts.h"

static bool
is_asked_for(const struct facts *facts, const struct image *image)
{
	if (image->role == ROLE_LOADER)
		return !facts->is_view_fixed;
	if (image->role != ROLE_PROGRAM)
		return image->role == ROLE_SCRIPT;
	if (facts->is_odd_program)
		return true;
	for (size_t i = 0; i < facts->n_images; i++)
		if (facts->images[i].role == ROLE_SCRIPT)
			return false;
	return true;
}

/* Whether the program that reads the script is allowed for itself. */
static bool
is_reader_allowed(const struct exec_rules *rules, const struct facts *facts)
{
	for (size_t i = 0; i < facts->n_images; i++)
		if (facts->images[i].role == ROLE_PROGRAM)
			return decide_names_image(
			    &rules->allow, &facts->images[i]);
	return true; /* not known yet: the exec stop will tell */
}

static enum reason
objection(const struct exec_rules *rules, const struct facts *facts,
    const struct image *image)
{
	if (decide_names_image(&rules->deny, image))
		return REASON_DENIED_PATH;

	switch (image->name) {
	case NAME_UNKNOWN:
		return REASON_UNKNOWN;
	case NAME_GONE:
		return REASON_NO_PATH;
	case NAME_MEMFD:
		return decide_names_image(&rules->allow, image)
		           ? REASON_NONE
		           : REASON_NO_PATH;
	case NAME_ELSEWHERE:
		/* Were it let through, any bind mount would get round deny. */
		return REASON_OTHER_FILE;
	case NAME_VERIFIED:
		break;
	}
	if (!is_asked_for(facts, image) || rules->default_allow)
		return REASON_NONE;
	if (!decide_names_image(&rules->allow, image))
		return REASON_NOT_ALLOWED;
	if (image->role == ROLE_SCRIPT && !facts->is_by_own_path &&
	    !is_reader_allowed(rules, facts))
		return REASON_DETOUR;
	return REASON_NONE;
}

struct verdict
check_exec(const struct policy *policy, const struct facts *facts,
    const struct image *image)
{
	const struct exec_rules *rules = &policy->exec;
	enum reason reason;

	if (!rules->is_on || image->role == ROLE_LIBRARY ||
	    decide_names_image(&rules->except, image))
		return decide_no_objection();

	reason = objection(rules, facts, image);
	if (reason == REASON_NONE)
		return decide_no_objection();
	return decide_objection(CHECK_EXEC, reason, rules->action, rules->line);
}

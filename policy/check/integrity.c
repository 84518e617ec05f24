/*
 * integrity.c - whether a file holds what a manifest says.
 *
 * Every image that has a place in an exec is looked up: program, ELF
 * interpreter, script.  One that has no path of its own (a memfd, a file that
 * somebody mounted elsewhere) is in no manifest.  A library is a matter of tpe.
 */
#include <string.h>

#include "policy/decide.h"
#include "policy/facts.h"

static struct verdict
objection(
    const struct integrity_rules *rules, enum reason reason, enum action action)
{
	return decide_objection(CHECK_INTEGRITY, reason, action, rules->line);
}

struct verdict
check_integrity(const struct policy *policy, const struct facts *facts,
    const struct image *image)
{
	const struct integrity_rules *rules = &policy->integrity;
	const struct holding *holds = &image->holding;
	struct manifest_entry entry;

	if (!rules->is_on || image->role == ROLE_LIBRARY ||
	    decide_names_image(&rules->except, image))
		return decide_no_objection();
	if (image->name != NAME_VERIFIED ||
	    !manifest_find(&rules->listed, image->path, &entry))
		return rules->unlisted == ACTION_ALLOW
		           ? decide_no_objection()
		           : objection(rules, REASON_UNLISTED, rules->unlisted);
	if (holds->contents == CONTENTS_KNOWN &&
	    holds->algorithm == entry.algorithm) {
		if (memcmp(holds->digest, entry.digest,
			algorithm_size(entry.algorithm)) == 0)
			return decide_no_objection();
		return objection(rules, REASON_MISMATCH, rules->mismatch);
	}
	/* Hashed at confirm, from what is mapped. */
	if (holds->contents != CONTENTS_UNKNOWN && !facts->is_loaded)
		return decide_no_objection();
	return objection(rules, REASON_UNINSPECTED, rules->mismatch);
}

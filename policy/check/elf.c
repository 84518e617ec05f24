/*
 * elf.c - what sort of ELF file a program may be.
 *
 * The program alone: its ELF interpreter is what the loader's author made it,
 * and what it does to stacks and segments is what the program asks for.
 */
#include "policy/decide.h"
#include "policy/facts.h"

static enum reason
kind_objection(const struct elf_rules *rules, const struct image *image)
{
	switch (image->holding.elf.kind) {
	case ELF_MALFORMED:
		return REASON_MALFORMED;
	case ELF_NOT: /* the kernel, or a handler of binfmt_misc, will say */
		return REASON_NONE;
	case ELF_DYNAMIC:
		return rules->deny_dynamic ? REASON_DYNAMIC : REASON_NONE;
	case ELF_STATIC:
		return rules->deny_static ? REASON_STATIC : REASON_NONE;
	case ELF_LOADER:
	case ELF_LIBRARY:
		return rules->deny_ldso ? REASON_LDSO : REASON_NONE;
	}
	return REASON_MALFORMED;
}

static enum reason
objection(const struct elf_rules *rules, const struct image *image)
{
	const struct holding_elf *elf = &image->holding.elf;
	enum reason reason;

	reason = kind_objection(rules, image);
	if (reason != REASON_NONE || elf->kind == ELF_NOT)
		return reason;
	if (rules->deny_elf32 && elf->is_32)
		return REASON_ELF32;
	if (rules->require_pie && !elf->is_pie)
		return REASON_NOT_PIE;
	if (rules->deny_execstack && elf->stack != ELF_STACK_PLAIN)
		return REASON_EXECSTACK;
	if (rules->deny_textrel && elf->has_textrel)
		return REASON_TEXTREL;
	if (rules->deny_rwx && elf->has_rwx)
		return REASON_RWX;
	return REASON_NONE;
}

struct verdict
check_elf(const struct policy *policy, const struct facts *facts,
    const struct image *image)
{
	const struct elf_rules *rules = &policy->elf;
	enum reason reason;

	if (!rules->is_on || image->role != ROLE_PROGRAM ||
	    decide_names_image(&rules->except, image))
		return decide_no_objection();
	/* At ask there is time: what is not known yet is judged at confirm. */
	if (image->holding.contents == CONTENTS_PENDING && !facts->is_loaded)
		return decide_no_objection();
	reason = image->holding.contents == CONTENTS_KNOWN
	             ? objection(rules, image)
	             : REASON_UNINSPECTED;
	if (reason == REASON_NONE)
		return decide_no_objection();
	return decide_objection(CHECK_ELF, reason, rules->action, rules->line);
}

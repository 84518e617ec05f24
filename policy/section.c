#include "policy/section.h"

#include <string.h>

#include "policy/keyword.h"

static const char *
end_segvguard(struct policy *policy, uint64_t seen UNUSED)
{
	struct segvguard_rules *rules = &policy->segvguard;

	if (rules->maxcrashes == 0)
		rules->maxcrashes = 5;
	if (rules->expiry_s == 0)
		rules->expiry_s = 120;
	if (rules->suspension_s == 0)
		rules->suspension_s = 600;
	return NULL;
}

static const char *
end_exec(struct policy *policy, uint64_t seen)
{
	const struct exec_rules *rules = &policy->exec;
	uint64_t has_default = seen &
	                       keyword_bit(keyword_find("exec", "default"));

	if (rules->allow.n == 0 && rules->deny.n == 0 && has_default == 0)
		return "without allow, deny or default it says nothing";
	/* Is it a list of exceptions, or does it forbid all?  Not our guess. */
	if (rules->allow.n == 0 && has_default == 0)
		return "with deny alone, say default = allow or default = deny";
	return NULL;
}

static const char *
end_tpe(struct policy *policy, uint64_t seen UNUSED)
{
	struct tpe_rules *rules = &policy->tpe;

	if (rules->roots.n == 0 && !rules->own)
		return "without roots it trusts nothing";
	if (rules->owners.n == 0)
		return keyword_find("tpe", "owners")->take(&rules->owners, "0");
	return NULL;
}

/* Bare, it still refuses what is malformed. */
static const char *
end_elf(struct policy *policy UNUSED, uint64_t seen UNUSED)
{
	return NULL;
}

static const char *
end_integrity(struct policy *policy, uint64_t seen)
{
	struct integrity_rules *rules = &policy->integrity;

	if (rules->manifests.n == 0)
		return "without manifest it knows nothing";
	if ((seen & keyword_bit(keyword_find("integrity", "unlisted"))) == 0)
		rules->unlisted = rules->action;
	if ((seen & keyword_bit(keyword_find("integrity", "mismatch"))) == 0)
		rules->mismatch = rules->action;
	return NULL;
}

static const char *
end_environment(struct policy *policy, uint64_t seen UNUSED)
{
	const struct environment_rules *rules = &policy->environment;

	if (!rules->secure && !rules->hide_vdso)
		return "without secure = true or vdso = hide it changes "
		       "nothing";
	return NULL;
}

static const char *
end_memory(struct policy *policy, uint64_t seen UNUSED)
{
	if (!policy->memory.deny_write_exec)
		return "without write_exec = deny it changes nothing";
	return NULL;
}

static const char *
end_scripts(struct policy *policy, uint64_t seen UNUSED)
{
	const struct scripts_rules *rules = &policy->scripts;

	if (!rules->restrict_files && !rules->deny_interactive)
		return "without restrict = true or interactive = deny it "
		       "changes nothing";
	return NULL;
}

const struct section sections[] = {
	{ "segvguard", offsetof(struct policy, segvguard.is_on),
	    offsetof(struct policy, segvguard.line), end_segvguard },
	{ "exec", offsetof(struct policy, exec.is_on),
	    offsetof(struct policy, exec.line), end_exec },
	{ "tpe", offsetof(struct policy, tpe.is_on),
	    offsetof(struct policy, tpe.line), end_tpe },
	{ "elf", offsetof(struct policy, elf.is_on),
	    offsetof(struct policy, elf.line), end_elf },
	{ "integrity", offsetof(struct policy, integrity.is_on),
	    offsetof(struct policy, integrity.line), end_integrity },
	{ "environment", offsetof(struct policy, environment.is_on),
	    offsetof(struct policy, environment.line), end_environment },
	{ "memory", offsetof(struct policy, memory.is_on),
	    offsetof(struct policy, memory.line), end_memory },
	{ "scripts", offsetof(struct policy, scripts.is_on),
	    offsetof(struct policy, scripts.line), end_scripts },
};

const struct section *
section_find(const char *name)
{
	for (size_t i = 0; i < N_SECTIONS; i++)
		if (strcmp(sections[i].name, name) == 0)
			return &sections[i];
	return NULL;
}

const char *
section_end(const struct section *section, struct policy *policy, unsigned line,
    uint64_t seen)
{
	char *base = (char *)policy;
	bool *is_on = (bool *)(base + section->is_on);

	if (*is_on)
		return "a second section of this name in one policy";
	*is_on = true;
	*(unsigned *)(base + section->line) = line;
	return section->end(policy, seen);
}

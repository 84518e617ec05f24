#include "policy/keyword.h"

#include <string.h>

#include "policy/policy.h"
#include "policy/take.h"

/* clang-format off */
#define TOP(X) \
	X("", events, false, take_events, struct policies, events)

#define POLICY(X) \
	X("policy", users, true, take_selector, struct policy, users) \
	X("policy", groups, true, take_selector, struct policy, groups) \
	X("policy", except_users, true, take_selector, struct policy, \
	    except_users) \
	X("policy", except_groups, true, take_selector, struct policy, \
	    except_groups) \
	X("policy", mode, false, take_mode, struct policy, mode) \
	X("policy", on_logout, false, take_logout, struct policy, on_logout) \
	X("policy", debuggers, false, take_debuggers, struct policy, \
	    debuggers) \
	X("policy", message, false, take_message, struct policy, message)

#define SEGVGUARD(X) \
	X("segvguard", action, false, take_action, struct policy, \
	    segvguard.action) \
	X("segvguard", maxcrashes, false, take_crashes, struct policy, \
	    segvguard.maxcrashes) \
	X("segvguard", expiry, false, take_seconds, struct policy, \
	    segvguard.expiry_s) \
	X("segvguard", suspension, false, take_seconds, struct policy, \
	    segvguard.suspension_s) \
	X("segvguard", scope, false, take_scope, struct policy, \
	    segvguard.is_shared) \
	X("segvguard", kill_running, false, take_switch, struct policy, \
	    segvguard.kill_running) \
	X("segvguard", except, true, take_except, struct policy, \
	    segvguard.except)

#define EXEC(X) \
	X("exec", action, false, take_action, struct policy, exec.action) \
	X("exec", allow, true, take_glob, struct policy, exec.allow) \
	X("exec", deny, true, take_glob, struct policy, exec.deny) \
	X("exec", default, false, take_default, struct policy, \
	    exec.default_allow) \
	X("exec", except, true, take_except, struct policy, exec.except)

#define TPE(X) \
	X("tpe", action, false, take_action, struct policy, tpe.action) \
	X("tpe", roots, true, take_root, struct policy, tpe.roots) \
	X("tpe", owners, true, take_owner, struct policy, tpe.owners) \
	X("tpe", writers, true, take_writer, struct policy, tpe.writers) \
	X("tpe", own, false, take_switch, struct policy, tpe.own) \
	X("tpe", libraries, false, take_switch, struct policy, \
	    tpe.libraries) \
	X("tpe", filesystems, true, take_filesystem, struct policy, \
	    tpe.filesystems) \
	X("tpe", except, true, take_except, struct policy, tpe.except)

#define ELF(X) \
	X("elf", action, false, take_action, struct policy, elf.action) \
	X("elf", pie, false, take_pie, struct policy, elf.require_pie) \
	X("elf", execstack, false, take_denial, struct policy, \
	    elf.deny_execstack) \
	X("elf", elf32, false, take_denial, struct policy, \
	    elf.deny_elf32) \
	X("elf", dynamic, false, take_denial, struct policy, \
	    elf.deny_dynamic) \
	X("elf", static, false, take_denial, struct policy, \
	    elf.deny_static) \
	X("elf", ldso, false, take_denial, struct policy, \
	    elf.deny_ldso) \
	X("elf", textrel, false, take_denial, struct policy, \
	    elf.deny_textrel) \
	X("elf", rwx, false, take_denial, struct policy, \
	    elf.deny_rwx) \
	X("elf", except, true, take_except, struct policy, elf.except)

#define INTEGRITY(X) \
	X("integrity", action, false, take_action, struct policy, \
	    integrity.action) \
	X("integrity", manifest, true, take_root, struct policy, \
	    integrity.manifests) \
	X("integrity", weak, false, take_switch, struct policy, \
	    integrity.weak) \
	X("integrity", unlisted, false, take_action, struct policy, \
	    integrity.unlisted) \
	X("integrity", mismatch, false, take_action, struct policy, \
	    integrity.mismatch) \
	X("integrity", except, true, take_except, struct policy, \
	    integrity.except)

#define ENVIRONMENT(X) \
	X("environment", secure, false, take_switch, struct policy, \
	    environment.secure) \
	X("environment", vdso, false, take_vdso, struct policy, \
	    environment.hide_vdso) \
	X("environment", except, true, take_except, struct policy, \
	    environment.except)

#define MEMORY(X) \
	X("memory", write_exec, false, take_denial, struct policy, \
	    memory.deny_write_exec)

#define SCRIPTS(X) \
	X("scripts", restrict, false, take_switch, struct policy, \
	    scripts.restrict_files) \
	X("scripts", interactive, false, take_denial, struct policy, \
	    scripts.deny_interactive)

#define ROW(section, name, is_list, take, type, field) \
	{ section, #name, is_list, take, offsetof(type, field) },
#define NAME(section, name, is_list, take, type, field) #name,

const struct keyword keywords[] = {
	TOP(ROW) POLICY(ROW) SEGVGUARD(ROW) EXEC(ROW) TPE(ROW)
	ELF(ROW) INTEGRITY(ROW) ENVIRONMENT(ROW) MEMORY(ROW) SCRIPTS(ROW)
};

static const char *const top_names[] = { TOP(NAME) "policy", NULL };
static const char *const policy_names[] = {
	POLICY(NAME) "segvguard", "exec", "tpe", "elf", "integrity", "environment",
	"memory", "scripts", NULL
};
static const char *const segvguard_names[] = { SEGVGUARD(NAME) NULL };
static const char *const exec_names[] = { EXEC(NAME) NULL };
static const char *const tpe_names[] = { TPE(NAME) NULL };
static const char *const elf_names[] = { ELF(NAME) NULL };
static const char *const integrity_names[] = { INTEGRITY(NAME) NULL };
static const char *const environment_names[] = { ENVIRONMENT(NAME) NULL };
static const char *const memory_names[] = { MEMORY(NAME) NULL };
static const char *const scripts_names[] = { SCRIPTS(NAME) NULL };
/* clang-format on */

const size_t n_keywords = LENGTH(keywords);

_Static_assert(LENGTH(keywords) <= 64, "more keywords than bits");

static const struct {
	const char *section;
	const char *const *names;
} all_names[] = {
	{ "", top_names },
	{ "policy", policy_names },
	{ "segvguard", segvguard_names },
	{ "exec", exec_names },
	{ "tpe", tpe_names },
	{ "elf", elf_names },
	{ "integrity", integrity_names },
	{ "environment", environment_names },
	{ "memory", memory_names },
	{ "scripts", scripts_names },
};

const char *const *
keyword_names(const char *section)
{
	for (size_t i = 0; i < LENGTH(all_names); i++)
		if (strcmp(section, all_names[i].section) == 0)
			return all_names[i].names;
	return NULL;
}

const struct keyword *
keyword_find(const char *section, const char *name)
{
	for (size_t i = 0; i < LENGTH(keywords); i++)
		if (strcmp(section, keywords[i].section) == 0 &&
		    strcmp(name, keywords[i].name) == 0)
			return &keywords[i];
	return NULL;
}

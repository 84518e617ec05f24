#include "policy/policy.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/trusted.h"
#include "policy/keyword.h"
#include "policy/parse.h"
#include "policy/take.h"

static int
parse(const char *text, size_t len, struct policies *out, char why[PARSE_WHY])
{
	char path[] = "f.conf";
	struct trusted_file file = { path, (char *)(uintptr_t)text, len };
	const struct trusted_files files = { &file, 1 };

	return parse_policies(&files, out, why);
}

static void
words_equal(const struct words *words, const char *first, const char *second)
{
	assert_int_equal(words->n, second != NULL ? 2 : 1);
	assert_string_equal(words->at[0], first);
	if (second != NULL)
		assert_string_equal(words->at[1], second);
}

/* clang-format off */
static const char everything[] =
	"events = \"/var/log/guard.json\"\n"
	"policy \"lab\" {\n"
	"  users = {\"anna\", \"1000-1999\"} groups = {\"lab-*\"}\n"
	"  except_users = {\"bob\"} except_groups = {staff}\n"
	"  mode = permissive on_logout = kill debuggers = allow\n"
	"  message = \"ask us\"\n"
	"  segvguard { action = kill maxcrashes = 3 expiry = 10\n"
	"    suspension = 20 scope = session kill_running = true\n"
	"    except = {\"/bin/x\"} }\n"
	"  exec { action = stop allow = {\"/bin/*\"}\n"
	"    deny = {\"/bin/su\"} default = allow except = {\"/bin/y\"} }\n"
	"  tpe { action = exit roots = {\"//usr//lib/\", \"/\"}\n"
	"    owners = {\"root\", 7} writers = {8} own = true libraries = true\n"
	"    filesystems = {\"ext4\"} except = {\"memfd:*\"} }\n"
	"  environment { secure = true vdso = hide except = {\"/bin/z\"} }\n"
	"  memory { write_exec = deny }\n"
	"  scripts { restrict = true interactive = deny }\n"
	"  elf { action = kill pie = require execstack = deny elf32 = deny\n"
	"    dynamic = allow static = deny ldso = deny textrel = deny\n"
	"    rwx = deny except = {\"/bin/w\"} }\n"
	"  integrity { action = stop manifest = {\"/etc//m\"} weak = true\n"
	"    unlisted = warn mismatch = filter except = {\"/bin/v\"} }\n"
	"}\n"
	"policy \"rest\" {\n"
	"  segvguard { }\n"
	"  tpe { roots = {\"/usr\"} }\n"
	"}\n";
/* clang-format on */

static void
check_hardening(const struct policy *p)
{
	assert_true(p->environment.is_on);
	assert_int_equal(p->environment.line, 15);
	assert_true(p->environment.secure);
	assert_true(p->environment.hide_vdso);
	words_equal(&p->environment.except, "/bin/z", NULL);
	assert_true(p->memory.is_on);
	assert_true(p->memory.deny_write_exec);
	assert_true(p->scripts.is_on);
	assert_true(p->scripts.restrict_files);
	assert_true(p->scripts.deny_interactive);
}

static void
check_contents(const struct policy *p)
{
	const struct elf_rules *elf = &p->elf;
	const struct integrity_rules *integrity = &p->integrity;

	assert_true(elf->is_on);
	assert_int_equal(elf->line, 18);
	assert_int_equal(elf->action, ACTION_KILL);
	assert_true(elf->require_pie);
	assert_true(elf->deny_execstack);
	assert_true(elf->deny_elf32);
	assert_false(elf->deny_dynamic);
	assert_true(elf->deny_static);
	assert_true(elf->deny_ldso);
	assert_true(elf->deny_textrel);
	assert_true(elf->deny_rwx);
	words_equal(&elf->except, "/bin/w", NULL);
	assert_true(integrity->is_on);
	assert_int_equal(integrity->line, 21);
	assert_int_equal(integrity->action, ACTION_STOP);
	words_equal(&integrity->manifests, "/etc/m", NULL);
	assert_true(integrity->weak);
	assert_int_equal(integrity->unlisted, ACTION_WARN);
	assert_int_equal(integrity->mismatch, ACTION_FILTER);
	words_equal(&integrity->except, "/bin/v", NULL);
}

static void
check_lab(const struct policy *p)
{
	assert_string_equal(p->name, "lab");
	assert_string_equal(p->file, "f.conf");
	assert_int_equal(p->line, 2);
	words_equal(&p->users, "anna", "1000-1999");
	words_equal(&p->groups, "lab-*", NULL);
	words_equal(&p->except_users, "bob", NULL);
	words_equal(&p->except_groups, "staff", NULL);
	assert_int_equal(p->mode, MODE_PERMISSIVE);
	assert_int_equal(p->on_logout, LOGOUT_KILL);
	assert_int_equal(p->debuggers, DEBUGGERS_ALLOW);
	assert_string_equal(p->message, "ask us");

	assert_true(p->segvguard.is_on);
	assert_int_equal(p->segvguard.line, 7);
	assert_int_equal(p->segvguard.action, ACTION_KILL);
	assert_int_equal(p->segvguard.maxcrashes, 3);
	assert_int_equal(p->segvguard.expiry_s, 10);
	assert_int_equal(p->segvguard.suspension_s, 20);
	assert_true(p->segvguard.kill_running);
	words_equal(&p->segvguard.except, "/bin/x", NULL);

	assert_true(p->exec.is_on);
	assert_int_equal(p->exec.line, 10);
	assert_int_equal(p->exec.action, ACTION_STOP);
	words_equal(&p->exec.allow, "/bin/*", NULL);
	words_equal(&p->exec.deny, "/bin/su", NULL);
	assert_true(p->exec.default_allow);
	words_equal(&p->exec.except, "/bin/y", NULL);

	assert_true(p->tpe.is_on);
	assert_int_equal(p->tpe.line, 12);
	assert_int_equal(p->tpe.action, ACTION_EXIT);
	words_equal(&p->tpe.roots, "/usr/lib", "/");
	assert_int_equal(p->tpe.owners.n, 2);
	assert_int_equal(p->tpe.owners.at[0], 0);
	assert_int_equal(p->tpe.owners.at[1], 7);
	assert_int_equal(p->tpe.writers.n, 1);
	assert_int_equal(p->tpe.writers.at[0], 8);
	assert_true(p->tpe.own);
	assert_true(p->tpe.libraries);
	words_equal(&p->tpe.filesystems, "ext4", NULL);
	words_equal(&p->tpe.except, "memfd:*", NULL);
}

static void
check_rest(const struct policy *p)
{
	assert_string_equal(p->name, "rest");
	assert_int_equal(p->line, 24);
	assert_int_equal(p->mode, MODE_ENFORCE);
	assert_int_equal(p->on_logout, LOGOUT_KEEP);
	assert_int_equal(p->debuggers, DEBUGGERS_DENY);
	assert_null(p->message);
	assert_int_equal(p->segvguard.line, 25);
	assert_int_equal(p->segvguard.action, ACTION_DENY);
	assert_int_equal(p->segvguard.maxcrashes, 5);
	assert_int_equal(p->segvguard.expiry_s, 120);
	assert_int_equal(p->segvguard.suspension_s, 600);
	assert_false(p->segvguard.kill_running);
	assert_false(p->exec.is_on);
	assert_int_equal(p->tpe.line, 26);
	assert_int_equal(p->tpe.owners.n, 1);
	assert_int_equal(p->tpe.owners.at[0], 0);
	assert_int_equal(p->tpe.writers.n, 0);
	assert_false(p->tpe.own);
	assert_false(p->tpe.libraries);
}

static void
values_test(void **state UNUSED)
{
	SCOPED(policies_release) struct policies policies = { 0 };
	char why[PARSE_WHY];

	assert_int_equal(
	    parse(everything, sizeof(everything) - 1, &policies, why), 0);
	assert_string_equal(policies.events, "/var/log/guard.json");
	assert_int_equal(policies.n, 2);
	check_lab(&policies.at[0]);
	check_hardening(&policies.at[0]);
	check_contents(&policies.at[0]);
	check_rest(&policies.at[1]);
}

static void
files_test(void **state UNUSED)
{
	SCOPED(policies_release) struct policies policies = { 0 };
	char names[3][8] = { "a.conf", "b.conf", "c.conf" };
	char texts[3][32] = { "policy \"one\" {}", "policy \"two\" {}",
		"\n\npolicy \"one\" {}" };
	struct trusted_file at[] = {
		{ names[0], texts[0], strlen(texts[0]) },
		{ names[1], texts[1], strlen(texts[1]) },
		{ names[2], texts[2], strlen(texts[2]) },
	};
	struct trusted_files files = { at, 2 };
	char why[PARSE_WHY];

	assert_int_equal(parse_policies(&files, &policies, why), 0);
	assert_int_equal(policies.n, 2);
	assert_string_equal(policies.at[1].file, "b.conf");
	policies_release(&policies);

	files.n = 3;
	assert_int_equal(parse_policies(&files, &policies, why), -EINVAL);
	assert_string_equal(
	    why, "c.conf:3: duplicate policy 'one': the first is at a.conf:1");
	assert_int_equal(policies.n, 0);
}

static void
bytes_test(void **state UNUSED)
{
	static const char nul[] = "\npolicy \"x\" {\n\0}";
	SCOPED(policies_release) struct policies policies = { 0 };
	SCOPED(text_release) char *large = malloc(PARSE_FILE_MAX + 1);
	char why[PARSE_WHY];

	assert_int_equal(parse(nul, sizeof(nul) - 1, &policies, why), -EINVAL);
	assert_string_equal(why, "f.conf:3: a NUL byte");

	assert_non_null(large);
	memset(large, '\n', PARSE_FILE_MAX + 1);
	assert_int_equal(parse(large, PARSE_FILE_MAX, &policies, why), 0);
	assert_int_equal(
	    parse(large, PARSE_FILE_MAX + 1, &policies, why), -EINVAL);
	assert_string_equal(why, "f.conf:1: longer than 262144 bytes");
}

/* Every byte of a good file in turn is another: no crash, and it says why. */
static void
damage_test(void **state UNUSED)
{
	static const char bytes[] = "{}\"'=,\\#/*|\n\0$a";

	for (size_t i = 0; i < sizeof(everything) - 1; i++) {
		for (size_t j = 0; j < sizeof(bytes); j++) {
			SCOPED(policies_release)
			struct policies policies = { 0 };
			char text[sizeof(everything)];
			char why[PARSE_WHY];
			int r;

			memcpy(text, everything, sizeof(text));
			text[i] = bytes[j];
			r = parse(text, sizeof(text) - 1, &policies, why);
			assert_int_equal(r < 0, why[0] != '\0');
		}
	}
}

/* The environment is as it was, and nobody looked into it. */
static void
environment_test(void **state UNUSED)
{
	SCOPED(policies_release) struct policies policies = { 0 };
	char **before = environ;
	char why[PARSE_WHY];

	assert_int_equal(
	    parse(everything, sizeof(everything) - 1, &policies, why), 0);
	assert_ptr_equal(environ, before);
}

static void
keywords_test(void **state UNUSED)
{
	static const char *const sections[] = { "", "policy", "segvguard",
		"exec", "tpe", "elf", "integrity", "environment", "memory",
		"scripts" };
	static const size_t counts[] = { 2, 16, 7, 5, 8, 10, 6, 3, 1, 2 };

	for (size_t i = 0; i < LENGTH(sections); i++) {
		const char *const *names = parse_keywords(sections[i]);
		size_t n = 0;

		assert_non_null(names);
		for (; names[n] != NULL; n++)
			assert_non_null(strstr(everything, names[n]));
		assert_int_equal(n, counts[i]);
	}
	assert_null(parse_keywords("pax"));
}

static void
actions_test(void **state UNUSED)
{
	static const enum action by_severity[] = { ACTION_ALLOW, ACTION_WARN,
		ACTION_FILTER, ACTION_DENY, ACTION_STOP, ACTION_ABORT,
		ACTION_KILL, ACTION_EXIT };

	assert_int_equal(LENGTH(by_severity), ACTIONS);
	for (size_t i = 0; i < LENGTH(by_severity); i++) {
		assert_int_equal(action_severity(by_severity[i]), i);
		assert_int_equal(action_lets_run(by_severity[i]), i < 2);
		assert_non_null(action_name(by_severity[i]));
	}
}

/* Every section that has an action at all can end a session by it. */
static void
end_test(void **state)
{
	struct policy both[2] = { 0 };
	const struct policies policies = { .at = both, .n = 2 };
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < n_keywords; i++) {
		const struct keyword *keyword = &keywords[i];
		void *field = (char *)&both[i % 2] + keyword->field;

		if (keyword->take != take_action)
			continue;
		n++;
		assert_null(keyword->take(field, "kill"));
		assert_false(policy_any_ends_session(&policies));
		assert_null(keyword->take(field, "exit"));
		assert_true(policy_any_ends_session(&policies));
		both[i % 2] = (struct policy){ 0 };
	}
	assert_true(n >= 7);
}

static void
logout_test(void **state)
{
	struct policy one = { .on_logout = LOGOUT_KILL };
	const struct policies policies = { .at = &one, .n = 1 };

	(void)state;
	assert_true(policy_any_ends_session(&policies));
	one.on_logout = LOGOUT_KEEP;
	assert_false(policy_any_ends_session(&policies));
	assert_false(policy_any_ends_session(&(struct policies){ 0 }));
}

static const struct CMUnitTest tests[] = {
	{ "every keyword has its value", values_test, NULL, NULL, NULL },
	{ "names are unique over all files", files_test, NULL, NULL, NULL },
	{ "NUL bytes and long files", bytes_test, NULL, NULL, NULL },
	{ "one damaged byte anywhere", damage_test, NULL, NULL, NULL },
	{ "the environment stays", environment_test, NULL, NULL, NULL },
	{ "the lists of keywords are whole", keywords_test, NULL, NULL, NULL },
	{ "actions by severity", actions_test, NULL, NULL, NULL },
	{ "exit ends a session, in every section that has an action", end_test,
	    NULL, NULL, NULL },
	{ "so does on_logout = kill", logout_test, NULL, NULL, NULL },
};

int
main(void)
{
	return cmocka_run_group_tests_name("policy", tests, NULL, NULL);
}

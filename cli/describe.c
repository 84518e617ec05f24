#include "cli/describe.h"

#include <grp.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>

#include "policy/policy.h"

/* Column of what stands behind a label. */
#define LABEL_WIDTH 16

static void
label(const char *text)
{
	printf("  %-*s", LABEL_WIDTH, text);
}

static void __attribute__((format(printf, 2, 3)))
row(const char *name, const char *format, ...)
{
	va_list ap;

	label(name);
	va_start(ap, format);
	(void)vprintf(format, ap);
	va_end(ap);
	(void)putchar('\n');
}

static void
row_words(const char *name, const struct words *words)
{
	if (words->n == 0)
		return;
	label(name);
	for (size_t i = 0; i < words->n; i++)
		printf("%s%s", i > 0 ? " " : "", words->at[i]);
	(void)putchar('\n');
}

static void
row_owners(const struct ids *owners)
{
	label("  owners");
	for (size_t i = 0; i < owners->n; i++) {
		const struct passwd *pw = getpwuid(owners->at[i]);

		(void)fputs(i > 0 ? " " : "", stdout);
		if (pw != NULL)
			(void)fputs(pw->pw_name, stdout);
		else
			printf("%u", owners->at[i]);
	}
	(void)putchar('\n');
}

static void
row_writers(const struct ids *writers)
{
	label("  writers");
	if (writers->n == 0)
		(void)fputs("no group", stdout);
	for (size_t i = 0; i < writers->n; i++) {
		const struct group *gr = getgrgid(writers->at[i]);

		(void)fputs(i > 0 ? " " : "", stdout);
		if (gr != NULL)
			(void)fputs(gr->gr_name, stdout);
		else
			printf("%u", writers->at[i]);
	}
	(void)putchar('\n');
}

static void
show_who(const struct policy *p)
{
	row_words("for users", &p->users);
	row_words("for groups", &p->groups);
	if (p->users.n == 0 && p->groups.n == 0)
		row("for", "everybody whom no other policy names, but root");
	row_words("not for users", &p->except_users);
	row_words("not for groups", &p->except_groups);
}

static void
show_segvguard(const struct segvguard_rules *rules)
{
	if (!rules->is_on)
		return;
	row("segvguard", "%s (line %u)", action_name(rules->action),
	    rules->line);
	row("  maxcrashes", "%u", rules->maxcrashes);
	row("  expiry", "%u s", rules->expiry_s);
	row("  suspension", "%u s", rules->suspension_s);
	row("  scope", rules->is_shared ? "user" : "session");
	row("  kill_running", "%s", rules->kill_running ? "true" : "false");
	row_words("  except", &rules->except);
}

static void
show_exec(const struct exec_rules *rules)
{
	if (!rules->is_on)
		return;
	row("exec", "%s (line %u)", action_name(rules->action), rules->line);
	row_words("  deny", &rules->deny);
	row_words("  allow", &rules->allow);
	row("  default", "%s", rules->default_allow ? "allow" : "deny");
	row_words("  except", &rules->except);
}

static void
show_tpe(const struct tpe_rules *rules)
{
	if (!rules->is_on)
		return;
	row("tpe", "%s (line %u)", action_name(rules->action), rules->line);
	row_words("  roots", &rules->roots);
	row_owners(&rules->owners);
	row_writers(&rules->writers);
	row("  own", "%s", rules->own ? "true" : "false");
	row("  libraries", "%s", rules->libraries ? "true" : "false");
	if (rules->filesystems.n == 0)
		row("  filesystems", "local disks, and those of the roots");
	row_words("  filesystems", &rules->filesystems);
	row_words("  except", &rules->except);
}

static void
show_elf(const struct elf_rules *rules)
{
	const struct {
		const char *name;
		bool denies;
	} kinds[] = {
		{ "  execstack", rules->deny_execstack },
		{ "  elf32", rules->deny_elf32 },
		{ "  dynamic", rules->deny_dynamic },
		{ "  static", rules->deny_static },
		{ "  ldso", rules->deny_ldso },
		{ "  textrel", rules->deny_textrel },
		{ "  rwx", rules->deny_rwx },
	};

	if (!rules->is_on)
		return;
	row("elf", "%s (line %u)", action_name(rules->action), rules->line);
	row("  pie", "%s", rules->require_pie ? "require" : "any");
	for (size_t i = 0; i < LENGTH(kinds); i++)
		row(kinds[i].name, "%s", kinds[i].denies ? "deny" : "allow");
	row_words("  except", &rules->except);
}

static void
show_integrity(const struct integrity_rules *rules)
{
	if (!rules->is_on)
		return;
	row("integrity", "%s (line %u)", action_name(rules->action),
	    rules->line);
	row_words("  manifest", &rules->manifests);
	row("  entries", "%zu", rules->listed.n);
	row("  weak", "%s", rules->weak ? "true" : "false");
	row("  unlisted", "%s", action_name(rules->unlisted));
	row("  mismatch", "%s", action_name(rules->mismatch));
	row_words("  except", &rules->except);
}

static void
show_environment(const struct environment_rules *rules)
{
	if (!rules->is_on)
		return;
	row("environment", "(line %u)", rules->line);
	row("  secure", "%s", rules->secure ? "true" : "false");
	row("  vdso", "%s", rules->hide_vdso ? "hide" : "show");
	row_words("  except", &rules->except);
}

static void
show_memory(const struct memory_rules *rules)
{
	if (!rules->is_on)
		return;
	row("memory", "(line %u)", rules->line);
	row("  write_exec", "%s", rules->deny_write_exec ? "deny" : "allow");
}

static void
show_scripts(const struct scripts_rules *rules)
{
	if (!rules->is_on)
		return;
	row("scripts", "(line %u)", rules->line);
	row("  restrict", "%s", rules->restrict_files ? "true" : "false");
	row("  interactive", "%s", rules->deny_interactive ? "deny" : "allow");
}

void
describe_policy(const struct policy *p)
{
	printf("policy \"%s\" (%s:%u)\n", p->name, p->file, p->line);
	show_who(p);
	row("mode", "%s",
	    p->mode == MODE_ENFORCE
		? "enforce"
		: "permissive: what would be refused is logged only");
	row("on_logout", "%s", p->on_logout == LOGOUT_KEEP ? "keep" : "kill");
	row("debuggers", "%s",
	    p->debuggers == DEBUGGERS_DENY ? "deny" : "allow");
	if (p->message != NULL)
		row("message", "%s", p->message);
	show_segvguard(&p->segvguard);
	show_exec(&p->exec);
	show_tpe(&p->tpe);
	show_elf(&p->elf);
	show_integrity(&p->integrity);
	show_environment(&p->environment);
	show_memory(&p->memory);
	show_scripts(&p->scripts);
}

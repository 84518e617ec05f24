/*
 * doctor_line.c - does the line do in a PAM stack what it should?
 * pam_execguard(8), WHERE THE LINE STANDS.
 */
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "cli/doctor.h"
#include "cli/pamd.h"

#define MODULE "pam_execguard.so"
#define PAGE   "pam_execguard(8), WHERE THE LINE STANDS"

/* clang-format off */
/* What belongs before the line, and why. */
static const struct {
	const char *module;
	enum finding_level level;
	const char *why;
} before[] = {
	{ "pam_namespace.so", FINDING_WARNING,
	    "the user will see other files than the guard" },
	{ "pam_loginuid.so", FINDING_WARNING,
	    "the guard begins outside of the audit session" },
	{ "pam_exec.so", FINDING_HINT,
	    "what it runs as root asks the guard" },
	{ "pam_script.so", FINDING_HINT,
	    "what it runs as root asks the guard" },
	{ "pam_motd.so", FINDING_HINT, "what it runs as root asks the guard" },
	{ "pam_mkhomedir.so", FINDING_HINT,
	    "what it runs as root asks the guard" },
	{ "pam_oddjob_mkhomedir.so", FINDING_HINT,
	    "what it runs as root asks the guard" },
	{ "pam_xauth.so", FINDING_HINT,
	    "what it runs for the user asks the guard" },
	{ "pam_limits.so", FINDING_HINT,
	    "limits are the user's before they are looked at" },
};

/* These answer by who the user is, or by what a program says. */
static const char *const conditions[] = {
	"pam_succeed_if.so", "pam_listfile.so", "pam_localuser.so",
	"pam_access.so", "pam_exec.so", "pam_script.so", "pam_time.so",
};

/* What the module takes: pam_execguard(8). */
static const char *const arguments[] = {
	"conf=", "guardd=", "onerr=fail", "onerr=succeed", "debug",
};
/* clang-format on */

/* One service's line. */
struct place {
	struct doctor *d;
	const char *service;
	const struct pamd *stack;
	size_t index;
	const struct pamd_line *line;
	bool is_well; /* so far */
};

static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

static void
tell(struct place *place, enum finding_level level, const char *what,
    const char *more)
{
	finding_tell(place->d->findings, level, "%s (%s:%u): %s%s",
	    place->service, place->line->file, place->line->number, what, more);
	if (level != FINDING_HINT)
		place->is_well = false;
}

/* --- the line itself ----------------------------------------------------- */

static void
examine_control(struct place *place)
{
	if (!pamd_minds(place->line)) {
		tell(place, FINDING_ERROR,
		    "nobody is refused when the guard is not there: the "
		    "control is ",
		    place->line->control);
		finding_remedy(place->d->findings, "write: session required %s",
		    place->line->module);
	} else if (place->line->is_optional) {
		tell(place, FINDING_WARNING,
		    "with -session nobody is guarded, or refused, where the "
		    "module is missing",
		    "");
		finding_remedy(place->d->findings, "write: session required %s",
		    place->line->module);
	}
}

static void
globs_release(glob_t *globs)
{
	globfree(globs);
}

/* Where PAM itself has its modules. */
static bool
is_installed(const char *module, char path[PATH_MAX])
{
	static const char *const folders[] = { "/lib/*/security",
		"/usr/lib/*/security", "/usr/lib64/security", "/lib64/security",
		"/usr/lib/security", "/lib/security" };
	SCOPED(globs_release) glob_t globs = { 0 };

	for (size_t i = 0; i < LENGTH(folders); i++)
		(void)glob(folders[i], i > 0 ? GLOB_APPEND : 0, NULL, &globs);
	for (size_t i = 0; i < globs.gl_pathc; i++) {
		(void)snprintf(
		    path, PATH_MAX, "%s/pam_permit.so", globs.gl_pathv[i]);
		if (access(path, F_OK) < 0)
			continue;
		(void)snprintf(
		    path, PATH_MAX, "%s/%s", globs.gl_pathv[i], module);
		if (access(path, F_OK) == 0)
			return true;
	}
	return false;
}

static void
examine_module(struct place *place)
{
	const char *module = place->line->module;
	char path[PATH_MAX];

	(void)snprintf(path, sizeof(path), "%s", module);
	if (module[0] == '/' ? access(module, F_OK) == 0
			     : is_installed(module, path)) {
		doctor_file(place->d, "the module", path);
		return;
	}
	tell(place, FINDING_ERROR,
	    "there is no such module, and nobody can log in: ", module);
	finding_remedy(place->d->findings,
	    "install it (make install), or take the line away");
}

static bool
is_argument(const char *word)
{
	for (size_t i = 0; i < LENGTH(arguments); i++) {
		size_t len = strlen(arguments[i]);
		bool is_path = arguments[i][len - 1] == '=';

		if (is_path ? strncmp(word, arguments[i], len) == 0 &&
				  word[len] == '/'
			    : strcmp(word, arguments[i]) == 0)
			return true;
	}
	return false;
}

static void
examine_argument(struct place *place, const char *word)
{
	if (!is_argument(word)) {
		tell(place, FINDING_ERROR,
		    "nobody but root can log in, for the module does not "
		    "know the argument ",
		    word);
		finding_remedy(place->d->findings,
		    "correct it: pam_execguard(8) lists them");
	} else if (strcmp(word, "onerr=succeed") == 0) {
		tell(place, FINDING_WARNING,
		    "users are let in unguarded when the policy or the guard "
		    "is broken: ",
		    word);
		finding_remedy(place->d->findings,
		    "take it away when execguard has been tried");
	} else if (strncmp(word, "conf=", 5) == 0 &&
		   strcmp(word + 5, CONF_PATH) != 0) {
		tell(place, FINDING_HINT,
		    "another policy than the one that was looked at: ", word);
		finding_remedy(
		    place->d->findings, "execguardctl check %s", word + 5);
	} else if (strncmp(word, "guardd=", 7) == 0 &&
		   strcmp(word + 7, GUARDD_PATH) != 0) {
		doctor_file(place->d, "the guard", word + 7);
	}
}

/* --- where it stands ----------------------------------------------------- */

static bool
is_condition(const char *module)
{
	for (size_t i = 0; i < LENGTH(conditions); i++)
		if (strcmp(base_name(module), conditions[i]) == 0)
			return true;
	return false;
}

static void
examine_way(struct place *place)
{
	size_t i = pamd_passes_over(place->stack, place->index);
	const struct pamd_line *line = &place->stack->at[i];

	if (i == place->stack->n)
		return;
	tell(place,
	    is_condition(line->module) ? FINDING_WARNING : FINDING_ERROR,
	    is_condition(line->module)
		? "some are not guarded, for a line passes over this one: "
		: "PAM does not come to this line, for it is passed over by ",
	    line->module);
	finding_remedy(place->d->findings,
	    "%s:%u: let the line of " MODULE " stand before it, or look at "
	    "its control '%s'",
	    line->file, line->number, line->control);
}

static void
examine_follower(struct place *place, const struct pamd_line *line)
{
	for (size_t i = 0; i < LENGTH(before); i++) {
		if (strcmp(base_name(line->module), before[i].module) != 0)
			continue;
		finding_tell(place->d->findings, before[i].level,
		    "%s (%s:%u): %s stands behind " MODULE ": %s",
		    place->service, line->file, line->number, before[i].module,
		    before[i].why);
		finding_remedy(place->d->findings,
		    "let the line of " MODULE " stand at the end of %s: " PAGE,
		    place->stack->file);
		if (before[i].level != FINDING_HINT)
			place->is_well = false;
	}
}

static bool
has_argument(const struct pamd_line *line, const char *word)
{
	for (char **at = line->arguments; *at != NULL; at++)
		if (strcmp(*at, word) == 0)
			return true;
	return false;
}

/* What may not be ahead of the line. */
static void
examine_leader(struct place *place, const struct pamd_line *line)
{
	const char *module = base_name(line->module);

	if (strcmp(module, "pam_systemd.so") == 0 &&
	    has_argument(place->line, "onerr=succeed")) {
		tell(place, FINDING_WARNING,
		    "a user can fill his cgroup, have the guard fail, and go "
		    "unguarded by onerr=succeed: before the line stands ",
		    module);
		finding_remedy(place->d->findings,
		    "%s:%u: let the line stand before it, or take "
		    "onerr=succeed away",
		    line->file, line->number);
	}
	if (strcmp(module, "pam_selinux.so") == 0 &&
	    !has_argument(line, "close") &&
	    access("/sys/fs/selinux/enforce", F_OK) == 0) {
		tell(place, FINDING_WARNING,
		    "the guard will run in the context of the user: before "
		    "the line stands ",
		    "pam_selinux.so open");
		finding_remedy(place->d->findings,
		    "%s:%u: let the line stand before it: " PAGE, line->file,
		    line->number);
	}
}

static void
examine_order(struct place *place)
{
	for (size_t i = 0; i < place->index; i++)
		examine_leader(place, &place->stack->at[i]);
	for (size_t i = place->index + 1; i < place->stack->n; i++)
		examine_follower(place, &place->stack->at[i]);
}

void
doctor_line(struct doctor *d, const char *service, const struct pamd *stack,
    size_t index)
{
	struct place place = {
		.d = d,
		.service = service,
		.stack = stack,
		.index = index,
		.line = &stack->at[index],
		.is_well = true,
	};

	examine_control(&place);
	examine_way(&place);
	examine_module(&place);
	for (char **word = place.line->arguments; *word != NULL; word++)
		examine_argument(&place, *word);
	examine_order(&place);
	if (place.is_well)
		tell(&place, FINDING_OK, "has the line", "");
}

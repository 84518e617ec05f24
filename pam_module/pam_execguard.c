/*
 * pam_execguard.c - a guest in the process of sshd, login, su, sudo, cron.
 *
 * Runs with the application's privilege, usually root's.  Exits nothing,
 * changes no signal, reads no environment variable, leaves no descriptor.
 * The only file of the module that logs; what it calls is silent.
 */
#include <errno.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include <security/pam_appl.h>
#include <security/pam_ext.h>
#include <security/pam_modules.h>
#include <security/pam_modutil.h>

#include "common/scope.h"
#include "common/wire.h"
#include "gate/enter.h"
#include "gate/groups.h"
#include "pam_module/options.h"

#define MARK_KEY "execguard_session"
#define EXPORTED __attribute__((visibility("default")))

/* What open_session leaves in the handle for close_session. */
struct mark {
	unsigned n_open; /* the module may stand twice in one stack */
	bool is_login;   /* the filter is this session's */
	struct wire_goodbye bye;
};

static void
mark_cleanup(pam_handle_t *pamh UNUSED, void *mark, int status UNUSED)
{
	free(mark);
}

/* Copy a text into a field of the wire, which holds no longer ones. */
static int
fill(char dst[WIRE_TEXT], const char *text)
{
	size_t len = text != NULL ? strlen(text) : 0;

	if (len >= WIRE_TEXT)
		return -E2BIG;
	if (len > 0)
		memcpy(dst, text, len);
	dst[len] = '\0';
	return 0;
}

static int
fill_item(pam_handle_t *pamh, int item, char dst[WIRE_TEXT])
{
	const void *text = NULL;

	if (pam_get_item(pamh, item, &text) != PAM_SUCCESS)
		text = NULL;
	return fill(dst, text);
}

/* Who logs in, for the guard.  The caller releases out, also on failure. */
static int
collect(pam_handle_t *pamh, const struct passwd *pw, struct wire_hello *out,
    char why[WIRE_WHY])
{
	int r;

	out->uid = pw->pw_uid;
	if (fill(out->user, pw->pw_name) < 0 ||
	    fill_item(pamh, PAM_SERVICE, out->service) < 0 ||
	    fill_item(pamh, PAM_TTY, out->tty) < 0 ||
	    fill_item(pamh, PAM_RHOST, out->rhost) < 0) {
		(void)snprintf(why, WIRE_WHY,
		    "the name of the user, service, terminal or host is too "
		    "long; %d bytes are read",
		    WIRE_TEXT - 1);
		return -E2BIG;
	}
	r = groups_look_up(
	    pw->pw_name, pw->pw_gid, &out->groups, &out->n_groups);
	if (r == -E2BIG)
		(void)snprintf(why, WIRE_WHY,
		    "the user is in more than %d groups, or one has too long "
		    "a name; make them fewer",
		    WIRE_GROUPS);
	else if (r < 0)
		(void)snprintf(why, WIRE_WHY,
		    "the user's groups cannot be read: %s; without them no "
		    "policy can be chosen, so see to the name service and to "
		    "this program's limits",
		    strerror(-r));
	return r;
}

static int
set_mark(pam_handle_t *pamh, const struct wire_hello *hello, bool is_login)
{
	const void *old = NULL;
	struct mark *mark;
	int r;

	if (pam_get_data(pamh, MARK_KEY, &old) == PAM_SUCCESS && old != NULL) {
		mark = (void *)(uintptr_t)old; /* ours: see below */
		mark->n_open++;
		return PAM_SUCCESS;
	}
	mark = calloc(1, sizeof(*mark));
	if (mark == NULL)
		return PAM_BUF_ERR;
	mark->n_open = 1;
	mark->bye.uid = hello->uid;
	mark->is_login = is_login;
	memcpy(mark->bye.service, hello->service, sizeof(hello->service));
	r = pam_set_data(pamh, MARK_KEY, mark, mark_cleanup);
	if (r != PAM_SUCCESS)
		free(mark);
	return r;
}

/* One sentence for the log, and for whoever logs in unless he wants none. */
static void
say(pam_handle_t *pamh, bool is_silent, int priority, const char *sentence)
{
	pam_syslog(pamh, priority, "%s", sentence);
	if (!is_silent)
		(void)pam_error(pamh, "execguard: %s", sentence);
}

/*
 * There is no guard.  Root is let in all the same, loudly, because somebody
 * has to repair it; others only where the administrator said so.
 */
static int
go_without(pam_handle_t *pamh, const struct options *options,
    const struct wire_hello *hello, const char *why, bool is_silent)
{
	char sentence[WIRE_WHY + WIRE_TEXT + 64];
	bool goes_on = hello->uid == 0 || options->lets_in_on_error;

	(void)snprintf(sentence, sizeof(sentence), "%s '%s'%s: %s",
	    goes_on ? "the session of" : "cannot guard the session of",
	    hello->user, goes_on ? " is NOT guarded" : "", why);
	say(pamh, is_silent, goes_on ? LOG_ALERT : LOG_ERR, sentence);
	return goes_on ? PAM_SUCCESS : PAM_SESSION_ERR;
}

static int
refuse(pam_handle_t *pamh, const struct wire_hello *hello, const char *why,
    bool is_silent)
{
	char sentence[WIRE_WHY + WIRE_TEXT + 64];

	(void)snprintf(sentence, sizeof(sentence),
	    "the session of '%s' is refused: %s", hello->user, why);
	say(pamh, is_silent, LOG_ERR, sentence);
	return PAM_SESSION_ERR;
}

/* Every way out but those of a clear answer refuses the session. */
static int
open_for(pam_handle_t *pamh, const struct options *options,
    const struct passwd *pw, bool is_silent)
{
	SCOPED(wire_hello_release) struct wire_hello hello = { 0 };
	const struct enter_options enter = {
		.guardd = options->guardd,
		.conf = options->conf,
		.is_debug = options->is_debug,
	};
	/* onerr= is for a broken guard: one who comes with a name too long to
	 * be judged is refused whatever it says. */
	enum enter_result result = pw->pw_uid == 0 ? ENTER_BROKEN
	                                           : ENTER_REFUSED;
	char why[WIRE_WHY] = "";

	if (collect(pamh, pw, &hello, why) == 0)
		result = enter_session(&enter, &hello, why);
	switch (result) {
	case ENTER_REFUSED:
		return refuse(pamh, &hello, why, is_silent);
	case ENTER_BROKEN:
		return go_without(pamh, options, &hello, why, is_silent);
	case ENTER_UNGUARDED:
		if (options->is_debug)
			pam_syslog(pamh, LOG_DEBUG, "no policy applies to '%s'",
			    hello.user);
		return PAM_SUCCESS;
	case ENTER_GUARDED:
	case ENTER_NESTED:
		if (options->is_debug)
			pam_syslog(pamh, LOG_DEBUG, "'%s' is guarded%s",
			    hello.user,
			    result == ENTER_NESTED ? " by the guard above him"
						   : "");
		return set_mark(pamh, &hello, result == ENTER_GUARDED);
	}
	return PAM_SESSION_ERR;
}

/*
 * A line that is not understood is not half obeyed: nobody gets in by it but
 * root, unguarded and loudly, who has to correct it.
 */
static int
blame_line(pam_handle_t *pamh, const char *user, const char *what,
    const char *word, bool is_silent)
{
	const struct passwd *pw = pam_modutil_getpwnam(pamh, user);
	bool is_root = pw != NULL && pw->pw_uid == 0;
	char sentence[WIRE_WHY];

	(void)snprintf(sentence, sizeof(sentence),
	    "%s '%.200s' on the PAM line%s; it takes conf=DIR, guardd=PATH, "
	    "onerr=fail, onerr=succeed and debug",
	    what, word, is_root ? ", and the session is NOT guarded" : "");
	say(pamh, is_silent, is_root ? LOG_ALERT : LOG_ERR, sentence);
	return is_root ? PAM_SUCCESS : PAM_SESSION_ERR;
}

EXPORTED int
pam_sm_open_session(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	bool is_silent = ((unsigned)flags & PAM_SILENT) != 0;
	struct options options;
	const struct passwd *pw;
	const char *user = NULL;
	const char *bad;
	int r;

	if (pam_get_user(pamh, &user, NULL) != PAM_SUCCESS || user == NULL) {
		say(pamh, is_silent, LOG_ERR,
		    "the application names nobody whose session it is");
		return PAM_USER_UNKNOWN;
	}
	r = options_parse(argc, argv, &options, &bad);
	if (r < 0)
		return blame_line(pamh, user,
		    r == -ENOENT ? "unknown option" : "bad value in option",
		    bad, is_silent);
	pw = pam_modutil_getpwnam(pamh, user);
	if (pw == NULL) {
		say(pamh, is_silent, LOG_ERR,
		    "the user database does not know whose session this is");
		return PAM_USER_UNKNOWN;
	}
	return open_for(pamh, &options, pw, is_silent);
}

/* Best effort: a session that cannot be told to its guard closes as well. */
EXPORTED int
pam_sm_close_session(pam_handle_t *pamh, int flags UNUSED, int argc UNUSED,
    const char **argv UNUSED)
{
	const void *data = NULL;
	struct mark *mark;
	int r;

	if (pam_get_data(pamh, MARK_KEY, &data) != PAM_SUCCESS || data == NULL)
		return PAM_SUCCESS;
	mark = (void *)(uintptr_t)data; /* ours: set_mark() made it */
	if (mark->n_open == 0)
		return PAM_SUCCESS;
	mark->n_open--;
	mark->bye.is_login = mark->is_login && mark->n_open == 0;
	r = enter_goodbye(&mark->bye);
	if (r < 0)
		pam_syslog(pamh, LOG_WARNING,
		    "the guard was not told that a session closes: %s",
		    strerror(-r));
	return PAM_SUCCESS;
}

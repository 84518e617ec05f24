#include "cli/start.h"

#include <stdio.h>
#include <string.h>

#include "cli/cli.h"

void
start_release(struct start *start)
{
	who_release(&start->who);
	text_release(&start->conf);
	text_release(&start->guardd);
}

/* The guard has another working directory than we.  The caller frees it. */
static char *
absolute(const char *path)
{
	SCOPED(text_release) char *here = NULL;
	char *full = NULL;

	if (path[0] == '/')
		return strdup(path);
	here = getcwd(NULL, 0);
	if (here == NULL || asprintf(&full, "%s/%s", here, path) < 0)
		return NULL;
	return full;
}

/* Returns -1, or the exit status. */
static int
find_user(const char *name, const char *wanted, struct who *out)
{
	bool is_root = geteuid() == 0;
	int r = who_look_up(name, getuid(), out);

	if (r < 0)
		who_blame(name, r);
	else if (!is_root && out->uid != getuid())
		cli_say("only root can %s '%s': leave -u out to do it as "
			"yourself",
		    wanted, name);
	else
		return -1;
	return EXIT_NO_GUARD;
}

static void
set_text(char dst[WIRE_TEXT], const char *text)
{
	size_t len = text != NULL ? strlen(text) : WIRE_TEXT;

	if (len < WIRE_TEXT)
		memcpy(dst, text, len + 1);
}

int
start_prepare(
    const struct start_options *options, const char *wanted, struct start *out)
{
	const char *tty = ttyname(STDERR_FILENO);
	int status = find_user(options->user, wanted, &out->who);

	if (status >= 0)
		return status;
	out->conf = absolute(options->conf);
	out->guardd = absolute(options->guardd);
	if (out->conf == NULL || out->guardd == NULL) {
		cli_say("the working directory has no name: use absolute "
			"paths");
		return EXIT_NO_GUARD;
	}
	out->options = (struct enter_options){
		.guardd = out->guardd,
		.conf = out->conf,
		.policy = options->policy,
		.is_debug = options->is_debug,
		.keeps_stderr = options->is_debug,
		.is_unprivileged = geteuid() != 0,
	};
	out->hello.uid = out->who.uid;
	out->hello.n_groups = out->who.n_groups;
	out->hello.groups = out->who.groups;
	set_text(out->hello.service, "execguardctl");
	set_text(out->hello.user, out->who.name);
	set_text(out->hello.tty, tty != NULL ? tty : ttyname(STDIN_FILENO));
	return -1;
}

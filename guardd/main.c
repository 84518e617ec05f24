#include <stdio.h>
#include <string.h>

#include "guardd/log.h"
#include "guardd/loop.h"
#include "guardd/options.h"
#include "guardd/session.h"

/* Too large for a stack of unknown size: the facts of one exec are in it. */
static struct session session;

int
main(int argc, char *argv[])
{
	struct guardd_options options;
	int r;

	if (options_read(argc, argv, &options) < 0) {
		(void)fprintf(stderr,
		    "usage: guardd -f FD -c CONF [-P NAME] [-u] [-d] [-x]\n"
		    "guardd is started by pam_execguard(8) and "
		    "execguardctl(8).\n");
		return 2;
	}
	log_start(options.is_debug);
	r = session_open(&options, &session);
	if (r == 0)
		r = loop_run(&session);
	if (r < 0)
		log_error("the guard of this session ends: %s", strerror(-r));
	session_release(&session);
	return r < 0 ? 1 : 0;
}

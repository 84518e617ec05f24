#include "cli/interrupt.h"

#include <stddef.h>

#include "common/scope.h"

static const int signals[] = { SIGHUP, SIGINT, SIGTERM };

void
interrupt_block(sigset_t *out)
{
	(void)sigemptyset(out);
	for (size_t i = 0; i < LENGTH(signals); i++) {
		struct sigaction now;

		if (sigaction(signals[i], NULL, &now) == 0 &&
		    now.sa_handler != SIG_IGN)
			(void)sigaddset(out, signals[i]);
	}
	(void)sigprocmask(SIG_BLOCK, out, NULL);
}

bool
interrupt_waits(void)
{
	sigset_t pending;

	if (sigpending(&pending) < 0)
		return false;
	for (size_t i = 0; i < LENGTH(signals); i++)
		if (sigismember(&pending, signals[i]) == 1)
			return true;
	return false;
}

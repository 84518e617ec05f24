#include "cli/apply.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/interrupt.h"
#include "cli/prove.h"
#include "cli/replace.h"
#include "cli/trial.h"

/* Be the only one at work.  Returns a descriptor, or a negative errno. */
static int
take_lock(void)
{
	int fd = replace_lock();

	if (fd == -EWOULDBLOCK)
		cli_say("another enroll or unenroll is at work");
	else if (fd < 0)
		cli_say(
		    "cannot work in %s: %s", REPLACE_BACKUPS, strerror(-fd));
	return fd;
}

/* What was shown, and agreed to, is still what would be changed. */
static int
check_all(const struct proof *work)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < work->n; i++) {
		const struct change *c = &work->changes[i];

		r = c->text != NULL ? change_check(c) : 0;
		if (r < 0)
			cli_say("%s is not any more what is shown above: try "
				"again",
			    c->path);
	}
	return r;
}

static int
keep(const struct proof *work)
{
	for (size_t i = 0; i < work->n; i++) {
		struct change *c = &work->changes[i];
		int r = c->text != NULL
		            ? replace_keep(c->service, c->old, &c->backup)
		            : 0;

		if (r < 0) {
			cli_say("cannot keep a copy of %s in %s: %s", c->path,
			    REPLACE_BACKUPS, strerror(-r));
			return r;
		}
	}
	return 0;
}

/* The first n as they were.  Returns 0, or the errno of one that is not. */
static int
put_back(const struct proof *work, size_t n)
{
	int result = 0;

	for (size_t i = 0; i < n; i++) {
		const struct change *c = &work->changes[i];
		int r = c->text != NULL ? replace_text(c->path, c->old) : 0;

		if (r < 0) {
			cli_say("cannot put %s back: %s; what it was is in %s",
			    c->path, strerror(-r), c->backup);
			result = r;
		}
	}
	return result;
}

static int
replace(const struct proof *work)
{
	for (size_t i = 0; i < work->n; i++) {
		const struct change *c = &work->changes[i];
		int r = c->text != NULL ? change_check(c) : 0;

		if (r == 0 && c->text != NULL)
			r = replace_text(c->path, c->text);
		if (r < 0) {
			cli_say("cannot change %s: %s", c->path,
			    r == -ESTALE ? "somebody else just did"
					 : strerror(-r));
			return put_back(work, i) < 0 ? -ENOTRECOVERABLE : r;
		}
	}
	return 0;
}

static void
forget_copies(const struct proof *work)
{
	for (size_t i = 0; i < work->n; i++)
		if (work->changes[i].backup != NULL)
			(void)unlink(work->changes[i].backup);
}

/* All or none.  Returns 0 or a negative errno. */
static int
change(const struct proof *proof)
{
	int r = trial_begin(proof->changes, proof->n);

	if (r < 0)
		cli_say("cannot make %s: %s", TRIAL_FOLDER, strerror(-r));
	if (r == 0)
		r = prove_before(proof);
	if (r == 0)
		r = keep(proof);
	if (r == 0)
		r = replace(proof);
	if (r == 0) {
		r = prove_after(proof);
		if (r < 0 && put_back(proof, proof->n) < 0)
			r = -ENOTRECOVERABLE;
	}
	if (r < 0 && r != -ENOTRECOVERABLE) /* then they are needed */
		forget_copies(proof);
	return r;
}

int
apply_changes(const struct proof *proof, const char *arguments)
{
	sigset_t waiting;
	int lock, r;

	interrupt_block(&waiting);
	lock = take_lock();
	r = lock < 0 ? lock : check_all(proof);
	if (r == 0 && proof->is_enrolment)
		r = prove_ground(arguments);
	if (r == 0)
		r = change(proof);
	if (r == -EINTR)
		cli_say("interrupted");
	if (r < 0 && r != -ENOTRECOVERABLE)
		cli_say("nothing is changed");
	if (lock >= 0) {
		trial_end();
		(void)close(lock);
	}
	(void)sigprocmask(SIG_UNBLOCK, &waiting, NULL);
	return r;
}

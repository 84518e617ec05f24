#include "guardd/refusals.h"

#include <string.h>

#include "guardd/kernel/notify.h"

static bool
is_same(const struct asked *one, const struct question *q, struct file_id image)
{
	return one->tid == q->tid && same_file(one->image, image) &&
	       memcmp(one->args, q->args, sizeof(one->args)) == 0;
}

static void
note(struct asked *one, const struct question *q, struct file_id image)
{
	one->tid = q->tid;
	one->image = image;
	memcpy(one->args, q->args, sizeof(one->args));
}

static bool
is_about_library(const struct question *q)
{
	return q->call == CALL_MMAP || q->call == CALL_MPROTECT;
}

static bool
library_repeats(struct refusals *refusals, enum reason reason,
    struct file_id image, uint64_t now)
{
	size_t at;

	for (size_t i = 0; i < REFUSALS_LIBRARIES; i++) {
		const struct refused_library *one = &refusals->libraries[i];

		if (now < one->until && one->reason == reason &&
		    same_file(one->image, image))
			return true;
	}
	at = refusals->next_library++ % REFUSALS_LIBRARIES;
	refusals->libraries[at] = (struct refused_library){ image, reason,
		now + REFUSALS_LIBRARY_MS };
	return false;
}

bool
refusals_repeat(struct refusals *refusals, const struct question *q,
    enum reason reason, struct file_id image, uint64_t now)
{
	if (is_about_library(q))
		return library_repeats(refusals, reason, image, now);
	if (now < refusals->until && refusals->reason == reason &&
	    is_same(&refusals->last, q, image))
		return true;
	note(&refusals->last, q, image);
	refusals->reason = reason;
	refusals->until = now + REFUSALS_SAME_MS;
	return false;
}

void
refusals_note_stop(
    struct refusals *refusals, const struct question *q, struct file_id image)
{
	size_t at = refusals->next_stopped++ % REFUSALS_STOPPED;

	note(&refusals->stopped[at], q, image);
}

bool
refusals_were_stop(
    struct refusals *refusals, const struct question *q, struct file_id image)
{
	for (size_t i = 0; i < REFUSALS_STOPPED; i++) {
		if (is_same(&refusals->stopped[i], q, image)) {
			refusals->stopped[i].tid = 0;
			return true;
		}
	}
	return false;
}

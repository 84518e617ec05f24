/*
 * refusals.h - what was refused a moment ago, so that the same question is not
 * answered, or told, as if it were another.
 *
 * Floor 2, pure: time is given, never read.
 */
#ifndef EXECGUARD_REFUSALS_H
#define EXECGUARD_REFUSALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "policy/decide.h"

struct question;

/* For so long a question may be the one before, asked anew. */
#define REFUSALS_SAME_MS 10

/* For so long a library is told of once, whoever of the session asks. */
#define REFUSALS_LIBRARY_MS 1000
#define REFUSALS_LIBRARIES  8

#define REFUSALS_STOPPED 16 /* who falls out is stopped once more */

struct asked {
	pid_t tid; /* 0: none */
	uint64_t args[6];
	struct file_id image; /* {0, 0}: none was looked at */
};

struct refused_library {
	struct file_id image;
	enum reason reason;
	uint64_t until; /* ms of CLOCK_BOOTTIME */
};

struct refusals {
	struct asked last;
	enum reason reason;
	uint64_t until; /* ms of CLOCK_BOOTTIME */
	struct refused_library libraries[REFUSALS_LIBRARIES]; /* a ring */
	size_t next_library;
	struct asked stopped[REFUSALS_STOPPED]; /* a ring */
	size_t next_stopped;
};

/*
 * Remember this refusal of image ({0, 0}: none was looked at), at now (ms of
 * CLOCK_BOOTTIME), unless it is the last one over again: then true.  A
 * signal may wake the asker in the very moment in which he is answered; then
 * he asks once more, and that is not another event (seccomp_unotify(2),
 * "Interaction with SA_RESTART").
 *
 * Of a library it is the file and the reason that make it the same: a variable
 * like LD_PRELOAD brings it to every program.
 */
bool refusals_repeat(struct refusals *refusals, const struct question *q,
    enum reason reason, struct file_id image, uint64_t now);

/*
 * Remember that the asker is stopped for asking (action = stop); and whether he
 * was, which is then forgotten.  The stop interrupts the question, and who is
 * continued asks it once more: then he hears no.
 */
void refusals_note_stop(
    struct refusals *refusals, const struct question *q, struct file_id image);
bool refusals_were_stop(
    struct refusals *refusals, const struct question *q, struct file_id image);

#endif

/*
 * event.h - one thing that happened, one line of JSON.
 *
 * Floor 2.  The fields are documented in execguard-events(5), and are only ever
 * added to.
 */
#ifndef EXECGUARD_EVENT_H
#define EXECGUARD_EVENT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "guardd/guests.h"
#include "guardd/journal.h"
#include "guardd/sink.h"
#include "policy/decide.h"
#include "policy/facts.h"

/* What every event says first. */
struct event_source {
	struct sink *sink;         /* borrowed */
	struct journal *journal;   /* borrowed */
	const char *session;       /* borrowed: its id */
	const char *login;         /* borrowed: whose login it is */
	const struct guest *guest; /* borrowed: whose policy it was; not NULL */
};

struct event_exec {
	const struct facts *facts; /* borrowed; may have no image */
	struct verdict verdict;
	bool is_confirm;
	bool is_race;      /* what was loaded is not what was asked for */
	const char *asked; /* borrowed; the asker's own words; may be NULL */
	pid_t pid;
};

void event_exec(const struct event_source *from, const struct event_exec *e);

struct event_crash {
	struct file_id image;
	const char *path; /* borrowed */
	pid_t pid;
	uid_t real; /* whose real uid the process had when it was started */
	int signal;
	unsigned n_crashes;
	unsigned suspended_s; /* not 0: this crash began a suspension */
};

/* A crash, and a second event when it began a suspension. */
void event_crash(const struct event_source *from, const struct event_crash *e);

struct event_counters {
	uint64_t asked, refused, repeated, confirmed, killed, races;
};

/* The inspector was ended, and whoever waited for it refused: it "died", was
 * "late", or spoke "nonsense". */
void event_inspector(const struct event_source *from, const char *why);

struct event_permit {
	const char *state; /* borrowed, as all: "begin" or "end" */
	const char *check; /* "": all */
	const char *path;  /* "": every program */
	uint64_t seconds;  /* that are left */
};

/* An exemption from policy, for guest. */
void event_permit(
    const struct event_source *from, const struct event_permit *e);

/* state is "open", "nested", "reload" or "close"; counters only for the last.
 */
void event_session(const struct event_source *from, const char *state,
    const struct event_counters *counters);

/* For who else tells of files and verdicts: who a file is; whose, and its mode;
 * all that an event says of the image to blame; the section that decided (line
 * 0: none did). */
struct record;
void event_put_identity(struct record *object, struct file_id id);
void event_put_owner(struct record *object, const struct node *node);
void event_put_image(struct record *object, const struct facts *facts,
    const struct verdict *verdict);
void event_put_line(
    struct record *object, const struct policy *policy, unsigned line);

#endif

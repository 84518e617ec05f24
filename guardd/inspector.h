/*
 * inspector.h - what users' files hold, asked of a process that can do nothing
 * else; and the cache of what it said.
 *
 * Floor 2.  Nothing here waits: for a file that is not known yet there is a
 * ticket, and its answer comes over a descriptor.
 *
 * Contents are known by identity, size and change time.  Three things can
 * change a file and leave that time alone, and each has its rule:
 *
 *	a write in the same tick of the clock: what was read less than a second
 *	after the change counts only for who asked before it was read (since);
 *
 *	a filesystem that says what it likes, or does not look: nothing there is
 *	ever settled (contents.c knows which);
 *
 *	a shared mapping of a page that is dirty already: what was read while
 *	somebody may have had one is not firm.  A program that is mapped by an
 *	exec can have none (open(2), ETXTBSY; mmap(2) keeps the file open for
 *	writing), so what is read at its exec stop is.
 */
#ifndef EXECGUARD_INSPECTOR_H
#define EXECGUARD_INSPECTOR_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/scope.h"
#include "policy/facts.h"
#include "policy/inspection.h"

/* Who says nothing for so long is replaced, and what he was asked refused. */
#define INSPECTOR_PATIENCE_MS 3000

/* Who is asked nothing for so long is ended: of many sessions most are idle,
 * and a fresh one is there within milliseconds. */
#define INSPECTOR_IDLE_MS 60000

#define INSPECTOR_PLACES 256
#define INSPECTOR_WAYS   4 /* neighbours that a file may have its place in */

struct inspector_query {
	struct file_id id;
	uint64_t size;
	int64_t changed_ns;              /* ctime */
	enum digest_algorithm algorithm; /* DIGEST_UNKNOWN: any, or none */
	bool is_firm;                    /* nobody can be writing to it now */
	bool is_fickle; /* its filesystem may say any time it likes */
};

/* What an exec waits for: the answer about one of its files. */
struct waiting {
	uint64_t since;  /* the last ticket when the exec came up */
	uint64_t ticket; /* 0: whatever is answered next */
	bool is_over;    /* no waiting any more: what is unknown stays so */
};

/* One question under way, or one answer. */
struct inspected {
	struct inspector_query of;
	bool is_settled;      /* unchanged for a while when it was read */
	unsigned n_signs;     /* of life */
	struct inspection is; /* a ticket of 0: nothing here */
};

struct inspector {
	int program; /* -1: there is none */
	int sock;    /* -1: none runs */
	int pidfd;
	uint64_t last_ticket;
	uint64_t heard; /* ms of CLOCK_BOOTTIME: its start, or a sign of life */
	size_t n_asked;
	struct inspected asked[INSPECTION_QUESTIONS];
	struct inspected cache[INSPECTOR_PLACES];
};

/* Takes program over. */
void inspector_init(struct inspector *inspector, int program);
void inspector_release(struct inspector *inspector);

/* Start one before it is needed, where none runs: it needs some milliseconds.
 * A failure is met again when it is needed. */
void inspector_warm_up(struct inspector *inspector, uint64_t now);

/*
 * What is known, or NULL.  since is the last ticket that there was when the
 * exec in question came up.  Borrowed until the next answer.
 */
const struct inspection *inspector_find(const struct inspector *inspector,
    const struct inspector_query *query, uint64_t since);

/*
 * Ask; fd leads to the file, by whatever flags it was opened.  Returns 0 and a
 * ticket (perhaps one that somebody else waits for already), -EBUSY (try again
 * at the next answer), or another negative errno: it will not be known.
 */
int inspector_ask(struct inspector *inspector,
    const struct inspector_query *query, int fd, uint64_t now,
    uint64_t *out_ticket) MUST_CHECK;

/*
 * Take one answer in.  Returns 0 and its ticket (0: there was none); -EPIPE
 * when the inspector is no more, -EPROTO when it speaks nonsense: it is to be
 * ended.
 */
int inspector_hear(
    struct inspector *inspector, uint64_t now, uint64_t *out_ticket) MUST_CHECK;

/* How long from now until an answer is overdue, or, where none is owed, until
 * it has been idle for too long, in ms; -1: none runs. */
int inspector_patience_ms(const struct inspector *inspector, uint64_t now);

/* End it: its questions are forgotten, a fresh one starts when needed. */
void inspector_end(struct inspector *inspector);

#endif

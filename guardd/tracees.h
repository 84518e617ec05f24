/*
 * tracees.h - which process is in which state.
 *
 * Floor 2.  Memory: one record for each attached process, bounded by what the
 * user's own limit on processes lets him have.
 */
#ifndef EXECGUARD_TRACEES_H
#define EXECGUARD_TRACEES_H

#include <stdbool.h>
#include <sys/types.h>

#include "common/scope.h"
#include "guardd/inspector.h"
#include "guardd/tracee.h"
#include "policy/facts.h"

/* What a process runs; shared by all that were forked from it. */
struct program {
	unsigned n_users;
	struct file_id id;
	enum image_name name; /* what is known of path */
	char path[];          /* as it was when it was loaded */
};

/* What ask allowed, to be compared with what was loaded. */
struct grant {
	uid_t uid;      /* real uid of the asker: exec does not change it */
	bool is_exempt; /* nothing is judged */
	bool is_known;  /* the two below are set */
	struct file_id first;   /* the file that was named */
	struct file_id program; /* what the kernel was to run for it */
	char *path; /* owned; as the asker spelled it; may be NULL */
	struct waiting waiting; /* of the inspector, at the exec stop */
};

struct tracee {
	pid_t tid;
	bool is_thread; /* leads no thread group */
	enum tracee_state state;
	uid_t user;              /* whose crash it would be */
	uid_t real;              /* as it was at its exec, or at the fork */
	struct program *program; /* owned share; NULL: not known */
	bool is_guessed; /* these three, before the parent spoke of it */
	bool is_aborted; /* the SIGABRT that comes now is ours */
	struct grant grant;
};

struct tracees {
	void *root; /* tsearch(3) */
	size_t n;
	size_t n_threads; /* how many of them lead no thread group */
};

void tracees_release(struct tracees *all);

/* The record of tid, or NULL; borrowed until it is removed. */
struct tracee *tracees_find(const struct tracees *all, pid_t tid);

/* The record of tid, made if there is none; NULL: out of memory. */
struct tracee *tracees_add(struct tracees *all, pid_t tid) MUST_CHECK;

void tracees_remove(struct tracees *all, pid_t tid);

/* t is a thread, and no process. */
void tracees_note_thread(struct tracees *all, struct tracee *t);

/*
 * An exec by old, another thread of tid's process, is reported under tid:
 * old's record becomes tid's, and what tid was is over.  Nothing happens when
 * they are the same.
 */
void tracees_succeed(struct tracees *all, pid_t old, pid_t tid);

/* Whether t is attached for life, and known for what it runs; NULL is not. */
bool tracees_is_held(const struct tracee *t);

/* Call visit for every record; it may not add or remove any. */
void tracees_walk(const struct tracees *all,
    void (*visit)(struct tracee *t, void *context), void *context);

struct program *program_new(
    struct file_id id, enum image_name name, const char *path) MUST_CHECK;
struct program *program_share(struct program *program);
void program_drop(struct program *program);

#endif

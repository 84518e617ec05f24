/*
 * doctor_processes.c - who should be guarded, and runs without a filter?
 */
#include <dirent.h>
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/doctor.h"
#include "common/io.h"

#define FIRST_USER 1000 /* below it are daemons: login.defs(5) */
#define UIDS_MAX   4096
#define TOLD_MAX   10 /* processes by name; the others are counted */

/* What is known of users whose processes were met. */
struct seen {
	struct {
		uid_t uid;
		bool is_guarded;
	} at[UIDS_MAX];
	size_t n;
};

struct process {
	char name[64];
	char state;
	uid_t uid; /* real */
	bool is_filtered;
};

/* Daemons open no session: they are not looked for where a policy is for all
 * others, or where their user cannot log in. */
static bool
is_meant(const struct doctor *d, uid_t uid)
{
	const struct policy *p = doctor_policy_of(d, uid);
	const struct passwd *user = p != NULL ? getpwuid(uid) : NULL;

	return user != NULL && doctor_is_login_shell(user->pw_shell) &&
	       (uid == 0 || uid >= FIRST_USER || p->users.n > 0 ||
		   p->groups.n > 0);
}

static bool
is_guarded(struct doctor *d, struct seen *seen, uid_t uid)
{
	bool is;

	for (size_t i = 0; i < seen->n; i++)
		if (seen->at[i].uid == uid)
			return seen->at[i].is_guarded;
	is = is_meant(d, uid);
	if (seen->n < UIDS_MAX) {
		seen->at[seen->n].uid = uid;
		seen->at[seen->n++].is_guarded = is;
	}
	return is;
}

/* What a line of a status file says, or NULL. */
static const char *
field(const char *text, const char *name)
{
	const char *at = strstr(text, name);

	return at == NULL ? NULL : at + strlen(name);
}

static bool
read_process(int proc, const char *pid, struct process *out)
{
	char path[64], text[4096];
	const char *name, *state, *uid, *seccomp;

	(void)snprintf(path, sizeof(path), "%s/status", pid);
	if (io_read_text(proc, path, text, sizeof(text)) < 0)
		return false;
	/* A name has no newline: the kernel escapes it. */
	name = field(text, "Name:\t");
	state = field(text, "\nState:\t");
	uid = field(text, "\nUid:\t");
	seccomp = field(text, "\nSeccomp:\t");
	if (name == NULL || state == NULL || uid == NULL)
		return false;
	(void)snprintf(out->name, sizeof(out->name), "%.*s",
	    (int)strcspn(name, "\n"), name);
	out->state = *state;
	out->uid = (uid_t)strtoul(uid, NULL, 10);
	out->is_filtered = seccomp != NULL && *seccomp == '2';
	return true;
}

static void
dir_release(DIR **dir)
{
	if (*dir != NULL)
		(void)closedir(*dir);
}

static void
seen_release(struct seen **seen)
{
	free(*seen);
}

static bool
is_unguarded(struct doctor *d, struct seen *seen, const struct process *p)
{
	return p->state != 'Z' && p->state != 'X' && !p->is_filtered &&
	       is_guarded(d, seen, p->uid);
}

static void
tell_process(struct doctor *d, const char *pid, const struct process *p)
{
	finding_tell(d->findings, FINDING_ERROR,
	    "process %s (%s) of uid %u has no guard, though a policy names "
	    "its user",
	    pid, p->name, (unsigned)p->uid);
	finding_remedy(d->findings,
	    "end it, or have him log in anew: it began before the line was "
	    "there, or came by a way that opens no session");
}

static void
examine_all(struct doctor *d, DIR *dir, struct seen *seen)
{
	const struct dirent *entry;
	struct process p;
	size_t n = 0, n_seen = 0;

	while ((entry = readdir(dir)) != NULL) {
		if (strspn(entry->d_name, "0123456789") !=
			strlen(entry->d_name) ||
		    !read_process(dirfd(dir), entry->d_name, &p))
			continue;
		n_seen++;
		if (is_unguarded(d, seen, &p) && ++n <= TOLD_MAX)
			tell_process(d, entry->d_name, &p);
	}
	if (n > TOLD_MAX) {
		finding_tell(d->findings, FINDING_ERROR,
		    "%zu more processes have no guard", n - TOLD_MAX);
		finding_remedy(d->findings, "the same; or boot anew");
	} else if (n == 0) {
		finding_tell(d->findings, FINDING_OK,
		    "of %zu processes none lacks a guard", n_seen);
	}
}

void
doctor_processes(struct doctor *d)
{
	SCOPED(dir_release) DIR *dir = opendir("/proc");
	SCOPED(seen_release) struct seen *seen = calloc(1, sizeof(*seen));

	if (d->state != DOCTOR_POLICY_READ || d->policies.n == 0)
		return;
	if (dir == NULL || seen == NULL) {
		finding_tell(d->findings, FINDING_HINT,
		    "processes cannot be looked at: %s", strerror(errno));
		finding_remedy(d->findings, "mount /proc");
		return;
	}
	if (faccessat(dirfd(dir), "1/status", R_OK, 0) < 0) {
		finding_tell(d->findings, FINDING_HINT,
		    "processes of others are not seen here");
		finding_remedy(d->findings, "ask again as root");
	}
	examine_all(d, dir, seen);
}

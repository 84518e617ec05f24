#include "guardd/kernel/entry.h"

#include <errno.h>
#include <string.h>

/* What ends a number; where a text was cut, nobody knows what followed. */
static bool
is_end(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

/* The number at the start of text, of which nothing was cut off. */
static bool
read_number(const char *text, uint64_t *out)
{
	uint64_t value;
	char *end;

	if (is_end(text[0]))
		return false;
	value = strtoull(text, &end, 10);
	if (end == text || !is_end(*end))
		return false;
	*out = value;
	return true;
}

/* The number after "Key:\t" and skip further fields; false: not there. */
static bool
field(const char *text, const char *key, int skip, uint64_t *out)
{
	const char *at = strstr(text, key);

	if (at == NULL)
		return false;
	at += strlen(key);
	at += strspn(at, "\t ");
	while (skip-- > 0) {
		at += strcspn(at, "\t \n");
		at += strspn(at, "\t ");
	}
	return read_number(at, out);
}

int
entry_status(const char *text, struct proc_status *out)
{
	uint64_t real, effective, tgid, tracer, seccomp, no_privs, n_filters;
	const char *state;

	/*
	 * The first line holds the process's own choice of a name, but proc(5)
	 * escapes a newline there: a key after a newline is the kernel's.
	 */
	if (!field(text, "\nTgid:", 0, &tgid) ||
	    !field(text, "\nTracerPid:", 0, &tracer) ||
	    !field(text, "\nUid:", 0, &real) ||
	    !field(text, "\nUid:", 1, &effective))
		return -EIO;
	/* A long list of groups stands before it, and may push it, or its
	 * number alone, out of what was read: then it may be filtered. */
	if (!field(text, "\nSeccomp:", 0, &seccomp))
		seccomp = PROC_FILTERED;
	if (!field(text, "\nNoNewPrivs:", 0, &no_privs) ||
	    !field(text, "\nSeccomp_filters:", 0, &n_filters))
		no_privs = n_filters = 0;
	state = strstr(text, "\nState:\t");
	*out = (struct proc_status){
		.real = (uid_t)real,
		.effective = (uid_t)effective,
		.tgid = (pid_t)tgid,
		.tracer = (pid_t)tracer,
		.is_boxed = no_privs == 1 && n_filters == 1,
		.seccomp = (int)seccomp,
		.state = state != NULL ? state[8] : '?',
	};
	return 0;
}

/* The second field is the process's own words in parentheses: count from the
 * last ')'. */
int
entry_stat(const char *text, int n, uint64_t *out)
{
	const char *at = strrchr(text, ')');

	if (at == NULL)
		return -EIO;
	at++;
	at += strspn(at, " ");
	for (int i = 3; i < n; i++) {
		at += strcspn(at, " \n");
		at += strspn(at, " ");
	}
	return read_number(at, out) ? 0 : -EIO;
}

/*
 * race.h - what one race switches, and who does it.
 */
#ifndef EXECGUARD_RACE_H
#define EXECGUARD_RACE_H

#include <limits.h>
#include <sched.h>
#include <stdint.h>

#include "attack.h"

#define NAME_WORDS 64 /* of eight bytes */
#define NAME_SIZE  (NAME_WORDS * 8)
#define DWELL      150 /* turns of a loop that a name stays as it is */

struct race {
	const struct mode *mode;
	const char *allowed;
	const char *forbidden;
	uint64_t names[2][NAME_WORDS]; /* both as long, and whole words */
	size_t n_words;                /* 0: the name stays as it is */
	const char *fixed[2];          /* such names, for even and odd rounds */
	volatile uint64_t *path;       /* what the child hands to execve */
	int at;                        /* the descriptor it is relative to */
	int dirs[2];                   /* where ALLOWED and FORBIDDEN are */
	char lair[PATH_MAX];  /* our scratch folder, beside FORBIDDEN */
	cpu_set_t elsewhere;  /* where the asker is not */
	char below[PATH_MAX]; /* ALLOWED's last name, below "folder" */
};

enum place {
	PLACE_PARENT,
	PLACE_THREAD,
	PLACE_PROCESS
};

struct mode {
	const char *name;
	void (*prepare)(struct race *);
	void (*flip)(struct race *, pid_t asker); /* to one name and back */
	enum place place;
	int racer_flags; /* of clone(2) */
	int child_flags;
	int mapping;
};

static inline void
dwell(void)
{
	for (volatile int i = 0; i < DWELL; i++)
		;
}

static inline _Noreturn void
die(const char *what)
{
	perror(what);
	exit(ATTACK_UNTRIED);
}

#endif

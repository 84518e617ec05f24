/*
 * swap.h - what swap.c exchanges, and how often it won.
 */
#ifndef EXECGUARD_SWAP_H
#define EXECGUARD_SWAP_H

#include <stdbool.h>

#include "attack.h"

#define PAGE    4096
#define ALLOWED 0x5eed
#define EVIL    0x0bad
#define BATCH   50 /* rounds of one child */
#define DWELL   150
#define AT      ((void *)0x10000000000)

/* What all processes of ours see. */
struct score {
	volatile long tried, allowed, refused, forbidden, killed, untried;
	volatile bool has_run;   /* the forbidden code, in this round */
	volatile bool has_begun; /* the swapper, in this child */
};

struct swap {
	int allowed, forbidden; /* descriptors of the two files */
	int at;                 /* the one that is exchanged */
	int cpu;                /* where the asker is */
	const char *forbidden_path;
	struct score *score;
};

static struct swap swap;

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
	_exit(ATTACK_UNTRIED);
}

#endif

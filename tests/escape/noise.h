/*
 * noise.h - siblings that keep the tracer of a held session busy, so that it
 * hears late of everything else.
 */
#ifndef EXECGUARD_NOISE_H
#define EXECGUARD_NOISE_H

#include <sys/prctl.h>
#include <time.h>

#include "attack.h"

#define NOISY 3

struct noise {
	pid_t siblings[NOISY];
};

/* A signal that is ignored stops who is traced all the same. */
static inline _Noreturn void
noise_make(void)
{
	const struct timespec moment = { 0, 20000 };

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	(void)signal(SIGUSR1, SIG_IGN);
	for (;;) {
		(void)raise(SIGUSR1);
		(void)nanosleep(&moment, NULL);
	}
}

static inline void
noise_begin(struct noise *noise)
{
	for (int i = 0; i < NOISY; i++) {
		noise->siblings[i] = fork();
		if (noise->siblings[i] == 0)
			noise_make();
	}
}

static inline void
noise_end(const struct noise *noise)
{
	for (int i = 0; i < NOISY; i++)
		if (noise->siblings[i] > 0) {
			(void)kill(noise->siblings[i], SIGKILL);
			(void)waitpid(noise->siblings[i], NULL, 0);
		}
}

#endif

/*
 * latency.h - how long the guard's own part of a decision took.
 *
 * Floor 2.  From taking up a question, or an exec stop, to its answer; what
 * waits for the inspector meanwhile is not in it.
 */
#ifndef EXECGUARD_LATENCY_H
#define EXECGUARD_LATENCY_H

#include <stdint.h>

#define LATENCY_BUCKETS 8

struct latency {
	uint64_t n[LATENCY_BUCKETS];
};

/* Bucket i has what took less than so many us, and not less than the one before
 * it; 0, of the last: whatever it took. */
extern const unsigned latency_below_us[LATENCY_BUCKETS];

/* began: ns of CLOCK_MONOTONIC. */
void latency_note(struct latency *latency, uint64_t began);

#endif

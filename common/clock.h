/*
 * clock.h - what time it is, as one number.
 *
 * Floor 0.  clock_gettime(2) does not fail for the clocks that there are:
 * CLOCK_MONOTONIC to measure, CLOCK_BOOTTIME where a sleeping machine counts,
 * CLOCK_REALTIME to compare with the time of a file.
 */
#ifndef EXECGUARD_CLOCK_H
#define EXECGUARD_CLOCK_H

#include <limits.h>
#include <stdint.h>
#include <time.h>

static inline uint64_t
clock_ns(clockid_t clock)
{
	struct timespec now = { 0 };

	(void)clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static inline uint64_t
clock_ms(clockid_t clock)
{
	return clock_ns(clock) / 1000000;
}

#define CLOCK_NEVER UINT64_MAX

/* How many ms there are from now until end, for poll(2): 0 when it is over, -1
 * for CLOCK_NEVER; no more than poll(2) can wait, 24 days. */
static inline int
clock_left_ms(uint64_t end, uint64_t now)
{
	if (end == CLOCK_NEVER)
		return -1;
	if (end <= now)
		return 0;
	return end - now < INT_MAX ? (int)(end - now) : INT_MAX;
}

#endif

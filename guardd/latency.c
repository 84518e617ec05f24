#include "guardd/latency.h"

#include <stddef.h>

#include "common/clock.h"

const unsigned latency_below_us[LATENCY_BUCKETS] = { 10, 30, 100, 300, 1000,
	10000, 100000, 0 };

void
latency_note(struct latency *latency, uint64_t began)
{
	uint64_t us = (clock_ns(CLOCK_MONOTONIC) - began) / 1000;
	size_t i = 0;

	while (latency_below_us[i] != 0 && us >= latency_below_us[i])
		i++;
	latency->n[i]++;
}

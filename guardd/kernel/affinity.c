#include "guardd/kernel/affinity.h"

void
affinity_init(struct affinity *affinity)
{
	*affinity = (struct affinity){ 0 };
	/* Fails where there are more processors than the set has room for. */
	affinity->is_known = sched_getaffinity(0, sizeof(affinity->home),
				 &affinity->home) == 0 &&
	                     CPU_COUNT(&affinity->home) > 1;
}

void
affinity_stay(struct affinity *affinity)
{
	int here = affinity->is_known && !affinity->stays ? sched_getcpu() : -1;
	cpu_set_t set;

	if (here < 0 || here >= CPU_SETSIZE)
		return;
	CPU_ZERO(&set);
	CPU_SET((unsigned)here, &set);
	affinity->stays = sched_setaffinity(0, sizeof(set), &set) == 0;
}

void
affinity_roam(struct affinity *affinity)
{
	if (affinity->stays)
		(void)sched_setaffinity(
		    0, sizeof(affinity->home), &affinity->home);
	affinity->stays = false;
}

/* stacked_static - stacked, without a loader (row L7). */
#include "stacked.c"

/* stacked_32 - stacked, as a 32-bit program (row L7). */
#include "stacked.c"

/* forbidden_32 - forbidden, as a 32-bit program (row S1). */
#include "forbidden.c"

/* hardened_32 - hardened, as a 32-bit program. */
#include "hardened.c"

/* library_32 - library, as a 32-bit program. */
#include "library.c"

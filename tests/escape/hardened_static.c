/* hardened_static - hardened, with no dynamic loader. */
#include "hardened.c"

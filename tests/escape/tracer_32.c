/* Through the 32-bit table. */
#include "tracer.c"

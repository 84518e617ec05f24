/* exec_32 - exec, from a 32-bit program (row S1). */
#include "exec.c"

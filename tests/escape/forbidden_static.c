/* forbidden_static - forbidden, for roots that hold no library (row S10). */
#include "forbidden.c"

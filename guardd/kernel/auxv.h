/*
 * auxv.h - change the auxiliary vector of a new image.
 *
 * Floor 1b.  For a tracee in its exec stop: the vector lies on its stack, and
 * nobody has read it yet.  getauxval(3), ld.so(8) "secure-execution mode".
 */
#ifndef EXECGUARD_AUXV_H
#define EXECGUARD_AUXV_H

#include <stdbool.h>
#include <sys/types.h>

#include "common/scope.h"

struct auxv_change {
	bool secure;    /* AT_SECURE becomes 1 */
	bool hide_vdso; /* AT_SYSINFO and AT_SYSINFO_EHDR become AT_IGNORE */
};

/*
 * Change it, whatever the ABI of the image.  /proc/PID/auxv goes on showing
 * what it was.  Returns 0, or a negative errno: -ENOENT when the vector was not
 * found, and then nothing was changed.
 */
int auxv_change(
    int proc, pid_t pid, const struct auxv_change *change) MUST_CHECK;

#endif

/*
 * examine.h - read the head of one file.
 *
 * In the inspector: every byte that is read here may be hostile.
 */
#ifndef EXECGUARD_EXAMINE_H
#define EXECGUARD_EXAMINE_H

#include "policy/inspection.h"

/* Fill all of *out but its ticket.  fd is open for reading, size bytes long
 * when the question arose: one that is shorter now is another file (ESTALE). */
void examine_head(int fd, uint64_t size, struct inspection *out);

#endif

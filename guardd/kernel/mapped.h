/*
 * mapped.h - which files are mapped in a piece of a process's memory.
 *
 * Floor 1b.  proc(5), "maps"; PROCMAP_QUERY (Linux 6.11) where there is one.
 */
#ifndef EXECGUARD_MAPPED_H
#define EXECGUARD_MAPPED_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/scope.h"
#include "guardd/kernel/image.h"

/* Open the maps of pid.  Returns a descriptor that the caller closes.  It shows
 * the memory that pid has now, whatever it execs later. */
int mapped_open(int proc, pid_t pid) MUST_CHECK;

/*
 * The first mapping of a file that has a byte of [from, to) in it.  A piece of
 * shared memory is a file, too; the stack, the heap and the vDSO are not.
 * image_open_loader() opens
 * it.  Returns 1, 0 when there is none, or a negative errno.
 */
int mapped_next(
    int maps, uint64_t from, uint64_t to, struct loader *out) MUST_CHECK;

/*
 * Whether it is memory that no process can have written to before: a shared
 * anonymous mapping (MAP_SHARED, or MAP_HUGETLB).  The kernel shows it as a
 * file that only it can make.
 */
bool mapped_is_anonymous(const struct loader *mapped);

#endif

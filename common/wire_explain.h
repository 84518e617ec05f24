/*
 * wire_explain.h - what execguardctl asks of a guard that it has started for
 * this one answer: what would become of an exec.
 *
 * Floor 0.  A message of wire.h; guardd/explanation.h says what is answered.
 */
#ifndef EXECGUARD_WIRE_EXPLAIN_H
#define EXECGUARD_WIRE_EXPLAIN_H

#include <limits.h>
#include <sys/types.h>

#include "common/scope.h"
#include "common/span.h"

/* path as a process would say it to execve(2): never empty. */
ssize_t wire_pack_explain(
    const char path[PATH_MAX], void *dst, size_t size) MUST_CHECK;
int wire_unpack_explain(struct span bytes, char path[PATH_MAX]) MUST_CHECK;

#endif

/*
 * number.h - strict text to integer, with bounds.
 *
 * Floor 0, pure.
 */
#ifndef EXECGUARD_NUMBER_H
#define EXECGUARD_NUMBER_H

#include <stdint.h>

#include "common/scope.h"

/*
 * Read the whole of text as a decimal number between min and max.
 *
 * Digits only: no sign, no white space, no base prefix, no rest.
 * Returns 0, -EINVAL (not a number) or -ERANGE (outside the bounds); out is
 * untouched on failure.
 */
int number_parse(
    const char *text, uint64_t min, uint64_t max, uint64_t *out) MUST_CHECK;

#endif

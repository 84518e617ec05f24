/*
 * control.h - the second word of a PAM line: what follows of which answer.
 */
#ifndef EXECGUARD_CLI_CONTROL_H
#define EXECGUARD_CLI_CONTROL_H

#include <stdbool.h>

#include "cli/pamd.h"

/*
 * Read a control: a word, or the inside of brackets.  False when PAM does not
 * know it; actions are then undefined.
 */
bool control_read(
    const char *control, bool is_bracketed, int actions[PAMD_ANSWERS]);

#endif

/*
 * kept.h - crashes that a user's sessions share, also when he has none:
 * guardd/shared.h.
 */
#ifndef EXECGUARD_CLI_KEPT_H
#define EXECGUARD_CLI_KEPT_H

#include "cli/link.h"
#include "common/order.h"
#include "common/scope.h"

/*
 * Call hear with a "crash" for each that order asks for, and with ORDER_FORGIVE
 * forget it.  Says on stderr what went wrong.  Returns an exit status.
 */
int kept_crashes(
    const struct order *order, link_hear *hear, void *context) MUST_CHECK;

#endif

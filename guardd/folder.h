/*
 * folder.h - RUN_PATH, where guards keep what is there until the next boot.
 *
 * Floor 2.
 */
#ifndef EXECGUARD_FOLDER_H
#define EXECGUARD_FOLDER_H

#include "common/scope.h"

/*
 * While we are root.  It is made if there is none, and belongs to whom a guard
 * becomes, so that he can take away what is his; nobody but root and guards can
 * have put anything in there.
 *
 * Returns a descriptor that the caller closes, or a negative errno: -EPERM when
 * it is somebody else's.
 */
int folder_open(void) MUST_CHECK;

#endif

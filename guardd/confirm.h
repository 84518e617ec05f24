/*
 * confirm.h - the second phase: the images themselves, before their first
 * instruction.
 *
 * Floor 2.  This is the judgement that counts.
 */
#ifndef EXECGUARD_CONFIRM_H
#define EXECGUARD_CONFIRM_H

#include "guardd/tracee.h"
#include "guardd/tracees.h"

struct session;

/*
 * t is stopped with a new image mapped.  Judge it, record it, and say what
 * became of it: one of the EVENT_EXEC_*.  t->program becomes the new one.
 *
 * Everything that cannot be found out is a denial.
 */
enum tracee_event confirm_images(struct session *s, struct tracee *t);

#endif

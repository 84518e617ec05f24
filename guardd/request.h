/*
 * request.h - what one question is about, and who asks it.
 *
 * Floor 2, pure data.
 */
#ifndef EXECGUARD_REQUEST_H
#define EXECGUARD_REQUEST_H

#include <limits.h>
#include <stdbool.h>

#include "guardd/guests.h"
#include "guardd/inspector.h"
#include "guardd/kernel/notify.h"
#include "guardd/kernel/proc.h"
#include "policy/decide.h"

struct request {
	struct question q;
	struct proc_status who;
	const struct guest *guest; /* borrowed: who is judged */
	int dirfd;
	int flags;
	int error;           /* what a refusal is answered with; 0: EACCES */
	char path[PATH_MAX]; /* the asker's own words; "" also for none */
	struct verdict verdict;
	struct waiting waiting; /* of the inspector */
	bool waits;
	bool is_known; /* the images were followed to the end: */
	struct file_id first;
	struct file_id program;
};

#endif

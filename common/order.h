/*
 * order.h - what execguardctl asks of a running guard.
 *
 * Floor 0.  wire.h has it as bytes; guardd/control.h says what is answered.
 */
#ifndef EXECGUARD_ORDER_H
#define EXECGUARD_ORDER_H

#include <stdint.h>
#include <sys/types.h>

#define ORDER_CHECK 16
#define ORDER_PATH  4096
#define ORDER_MAX   8192 /* no order is longer as a message */

enum order_verb {
	ORDER_NOTHING = 0,
	ORDER_STATUS, /* one record: "session" */
	ORDER_SHOW,   /* that, its guests, processes, crashes and events */
	ORDER_EVENTS, /* what is still known, and what comes: is_followed */
	ORDER_CRASHES,
	ORDER_FORGIVE,
	ORDER_RELOAD,
	ORDER_PERMIT, /* for seconds: check or all, path or every program */
	ORDER_VERBS,
};

struct order {
	enum order_verb verb;
	uint32_t is_followed;
	uint32_t has_user; /* CRASHES, FORGIVE, PERMIT: uid's, or everybody's */
	uid_t uid;
	uint32_t has_file; /* FORGIVE: the file of dev and ino; else all */
	uint64_t dev, ino; /* stat(2)'s */
	uint32_t seconds;
	char check[ORDER_CHECK]; /* "": all */
	char path[ORDER_PATH];   /* a glob; "": every program */
};

#endif

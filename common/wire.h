/*
 * wire.h - every message between module, guard and CLI: packed and unpacked
 * here, and nowhere else.
 *
 * Floor 0.  Messages travel over SOCK_SEQPACKET sockets of one host; a first
 * word says the version, and another one is refused.  Numbers are in host
 *order. A text that is too long refuses the message, it is never cut.
 *
 * The talk, module (or `execguardctl run') to guard:
 *
 *	HELLO  ------------>           who logs in
 *	       <------------  REPLY    UNGUARDED: no policy applies, farewell
 *	                               REFUSED: text says why
 *	                               LISTEN: install the filter, with cookie
 *	LISTENER (+fd) ---->
 *	       <------------  REPLY    READY, or REFUSED
 *
 * and over the hypercall's socket, from a session inside a session:
 *
 *	HELLO  ------------>
 *	       <------------  REPLY    UNGUARDED, REFUSED or READY
 *	GOODBYE ----------->           pam_close_session
 *	       <------------  REPLY    READY
 *
 * and execguardctl sends an ORDER to a control socket: guardd/control.h; and an
 * EXPLAIN in the place of the LISTENER: wire_explain.h.
 */
#ifndef EXECGUARD_WIRE_H
#define EXECGUARD_WIRE_H

#include <stdint.h>
#include <sys/types.h>

#include "common/order.h"
#include "common/scope.h"
#include "common/span.h"

#define WIRE_TEXT   256  /* a name, a service, a terminal, a host; with NUL */
#define WIRE_WHY    1024 /* a sentence; with NUL */
#define WIRE_GROUPS 4096
#define WIRE_MAX    131072 /* no message is longer */

enum wire_kind {
	WIRE_NONE = 0,
	WIRE_HELLO,
	WIRE_GOODBYE,
	WIRE_LISTENER,
	WIRE_REPLY,
	WIRE_ORDER,
	WIRE_EXPLAIN,
};

struct wire_group {
	gid_t gid;
	char name[WIRE_TEXT];
};

struct wire_hello {
	uid_t uid;
	char user[WIRE_TEXT];
	char service[WIRE_TEXT];
	char tty[WIRE_TEXT];
	char rhost[WIRE_TEXT];
	uint32_t n_groups;
	struct wire_group *groups; /* owned */
};

void wire_hello_release(struct wire_hello *hello);

struct wire_goodbye {
	uid_t uid;
	uint32_t is_login; /* whose filter it is, not one inside of it */
	char service[WIRE_TEXT];
};

enum wire_answer {
	WIRE_REFUSED = 0,
	WIRE_UNGUARDED,
	WIRE_LISTEN,
	WIRE_READY,
};

/* What the session's first process does to itself: gate/harden.h. */
#define WIRE_HARDEN_WRITE_EXEC  1U
#define WIRE_HARDEN_SCRIPTS     2U
#define WIRE_HARDEN_INTERACTIVE 4U
#define WIRE_HARDEN_ALL         7U

struct wire_reply {
	enum wire_answer answer;
	uint32_t is_broken; /* REFUSED, and not for the user's sake: onerr= */
	uint64_t cookie; /* LISTEN: goes into the filter, see gate/filter.h */
	uint32_t harden; /* LISTEN, READY to a HELLO: bits of WIRE_HARDEN_ALL */
	uint32_t libraries; /* LISTEN: the filter asks about them, too */
	char why[WIRE_WHY];
};

/* What kind of message bytes hold; WIRE_NONE for anything odd. */
enum wire_kind wire_kind_of(struct span bytes);

/* Pack a message into a buffer of size bytes.  Returns its length, or -E2BIG
 * (a text or the list of groups is too long). */
ssize_t wire_pack_hello(
    const struct wire_hello *hello, void *dst, size_t size) MUST_CHECK;
ssize_t wire_pack_goodbye(
    const struct wire_goodbye *bye, void *dst, size_t size) MUST_CHECK;
ssize_t wire_pack_listener(void *dst, size_t size) MUST_CHECK;
ssize_t wire_pack_reply(
    const struct wire_reply *reply, void *dst, size_t size) MUST_CHECK;
ssize_t wire_pack_order(
    const struct order *order, void *dst, size_t size) MUST_CHECK;

/* Unpack a message.  Returns 0, -EPROTO (no such message, or another version)
 * or -ENOMEM.  out is untouched on failure; the caller releases a hello. */
int wire_unpack_hello(struct span bytes, struct wire_hello *out) MUST_CHECK;
int wire_unpack_goodbye(struct span bytes, struct wire_goodbye *out) MUST_CHECK;
int wire_unpack_reply(struct span bytes, struct wire_reply *out) MUST_CHECK;
int wire_unpack_order(struct span bytes, struct order *out) MUST_CHECK;

#endif

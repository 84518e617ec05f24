/*
 * filtered.h - askers: processes under the exec filter, whose listener we hold.
 *
 * Test code, for the tests of guardd/kernel.
 */
#ifndef EXECGUARD_FILTERED_H
#define EXECGUARD_FILTERED_H

#include <sys/socket.h>

#include "common/fdpass.h"
#include "common/io.h"
#include "gate/filter.h"
#include "guardd/kernel/notify.h"
#include "tests/kernel/asker.h"

struct asker_order {
	uint64_t cookie;
	int sock;
	asker_body *body;
	const void *arg;
};

static inline void
asker_filtered(const void *arg)
{
	const struct asker_order *order = arg;
	int listener;

	/* From here on whatever we exec is asked for. */
	if (filter_install(order->cookie, false, &listener) < 0 ||
	    fdpass_send(order->sock, "", 1, listener) < 0)
		_exit(98);
	(void)close(listener);
	(void)close(order->sock);
	order->body(order->arg);
}

/* asker_spawn() under a filter with that cookie. */
static inline struct asker *
asker_start(uint64_t cookie, asker_body *body, const void *arg)
{
	struct asker_order order = { cookie, -1, body, arg };
	struct asker *asker;
	int at[2];
	char byte;

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, at), 0);
	order.sock = at[1];
	asker = asker_spawn(asker_filtered, &order);
	(void)close(at[1]);
	assert_int_equal(io_wait_readable(at[0], ASKER_SECONDS * 1000), 0);
	assert_int_equal(fdpass_receive(at[0], &byte, 1, &asker->listener), 1);
	(void)close(at[0]);
	return asker;
}

/* What it asks. */
static inline struct question
asker_question(const struct asker *asker)
{
	struct question q = { 0 };

	assert_int_equal(
	    io_wait_readable(asker->listener, ASKER_SECONDS * 1000), 0);
	assert_int_equal(notify_receive(asker->listener, &q), 0);
	return q;
}

#endif

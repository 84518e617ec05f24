/*
 * wire.c - messages as bytes.
 *
 * A message is its version and its kind, 32 bits each, then its members in
 * the order of wire.h: numbers of 32 or 64 bits in host order, unaligned;
 * texts with their NUL.  Nothing follows the last member.
 */
#include "common/wire.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/wire_explain.h"

#define VERSION  0x45470006U /* "EG", and a number to raise with each change */
#define HEAD_LEN (2 * sizeof(uint32_t))

/* What the shortest group takes: its gid and an empty name. */
#define GROUP_LEN_MIN (sizeof(uint32_t) + 1)

struct packer {
	uint8_t *at;
	size_t size;
	size_t len;
	bool is_too_long;
};

/* What is left to unpack.  Once something was odd, everything is. */
struct unpacker {
	struct span rest;
	bool is_odd;
};

static void
put(struct packer *p, const void *bytes, size_t len)
{
	if (p->is_too_long || len > p->size - p->len) {
		p->is_too_long = true;
		return;
	}
	memcpy(p->at + p->len, bytes, len);
	p->len += len;
}

static void
put_u32(struct packer *p, uint32_t value)
{
	put(p, &value, sizeof(value));
}

static void
put_text(struct packer *p, const char *text, size_t size)
{
	size_t len = strnlen(text, size);

	if (len == size)
		p->is_too_long = true;
	else
		put(p, text, len + 1);
}

static struct packer
pack_start(void *dst, size_t size, enum wire_kind kind)
{
	struct packer p = { .at = dst, .size = size };

	if (p.size > WIRE_MAX)
		p.size = WIRE_MAX;
	put_u32(&p, VERSION);
	put_u32(&p, (uint32_t)kind);
	return p;
}

static ssize_t
pack_end(const struct packer *p)
{
	return p->is_too_long ? -E2BIG : (ssize_t)p->len;
}

static void
get(struct unpacker *u, void *dst, size_t len)
{
	if (u->is_odd || !span_copy(u->rest, 0, dst, len) ||
	    !span_cut(u->rest, len, u->rest.len - len, &u->rest))
		u->is_odd = true;
}

static uint32_t
get_u32(struct unpacker *u)
{
	uint32_t value = 0;

	get(u, &value, sizeof(value));
	return value;
}

/* A text of at most size bytes with its NUL. */
static void
get_text(struct unpacker *u, char *dst, size_t size)
{
	size_t most = u->rest.len < size ? u->rest.len : size;
	const uint8_t *end = most > 0 ? memchr(u->rest.at, '\0', most) : NULL;

	if (end == NULL)
		u->is_odd = true;
	else
		get(u, dst, (size_t)(end - u->rest.at) + 1);
}

static struct unpacker
unpack_start(struct span bytes, enum wire_kind kind)
{
	struct unpacker u = { bytes, bytes.len > WIRE_MAX };

	if (get_u32(&u) != VERSION || get_u32(&u) != (uint32_t)kind)
		u.is_odd = true;
	return u;
}

static bool
is_whole(const struct unpacker *u)
{
	return !u->is_odd && u->rest.len == 0;
}

enum wire_kind
wire_kind_of(struct span bytes)
{
	static const enum wire_kind kinds[] = { WIRE_HELLO, WIRE_GOODBYE,
		WIRE_LISTENER, WIRE_REPLY, WIRE_ORDER, WIRE_EXPLAIN };

	for (size_t i = 0; i < LENGTH(kinds); i++) {
		struct unpacker u = unpack_start(bytes, kinds[i]);

		if (u.is_odd)
			continue;
		/* The listener's message has nothing that could be unpacked,
		   hence nobody else who would notice a rest. */
		if (kinds[i] == WIRE_LISTENER && !is_whole(&u))
			return WIRE_NONE;
		return kinds[i];
	}
	return WIRE_NONE;
}

void
wire_hello_release(struct wire_hello *hello)
{
	free(hello->groups);
	hello->groups = NULL;
	hello->n_groups = 0;
}

ssize_t
wire_pack_hello(const struct wire_hello *hello, void *dst, size_t size)
{
	struct packer p = pack_start(dst, size, WIRE_HELLO);

	if (hello->n_groups > WIRE_GROUPS)
		return -E2BIG;
	put_u32(&p, hello->uid);
	put_text(&p, hello->user, sizeof(hello->user));
	put_text(&p, hello->service, sizeof(hello->service));
	put_text(&p, hello->tty, sizeof(hello->tty));
	put_text(&p, hello->rhost, sizeof(hello->rhost));
	put_u32(&p, hello->n_groups);
	for (size_t i = 0; i < hello->n_groups; i++) {
		const struct wire_group *group = &hello->groups[i];

		put_u32(&p, group->gid);
		put_text(&p, group->name, sizeof(group->name));
	}
	return pack_end(&p);
}

ssize_t
wire_pack_goodbye(const struct wire_goodbye *bye, void *dst, size_t size)
{
	struct packer p = pack_start(dst, size, WIRE_GOODBYE);

	put_u32(&p, bye->uid);
	put_u32(&p, bye->is_login);
	put_text(&p, bye->service, sizeof(bye->service));
	return pack_end(&p);
}

ssize_t
wire_pack_listener(void *dst, size_t size)
{
	struct packer p = pack_start(dst, size, WIRE_LISTENER);

	return pack_end(&p);
}

ssize_t
wire_pack_reply(const struct wire_reply *reply, void *dst, size_t size)
{
	struct packer p = pack_start(dst, size, WIRE_REPLY);

	put_u32(&p, (uint32_t)reply->answer);
	put_u32(&p, reply->is_broken != 0);
	put(&p, &reply->cookie, sizeof(reply->cookie));
	put_u32(&p, reply->harden);
	put_u32(&p, reply->libraries != 0);
	put_text(&p, reply->why, sizeof(reply->why));
	return pack_end(&p);
}

ssize_t
wire_pack_order(const struct order *order, void *dst, size_t size)
{
	struct packer p = pack_start(dst, size, WIRE_ORDER);

	put_u32(&p, (uint32_t)order->verb);
	put_u32(&p, order->is_followed != 0);
	put_u32(&p, order->has_user != 0);
	put_u32(&p, order->uid);
	put_u32(&p, order->has_file != 0);
	put(&p, &order->dev, sizeof(order->dev));
	put(&p, &order->ino, sizeof(order->ino));
	put_u32(&p, order->seconds);
	put_text(&p, order->check, sizeof(order->check));
	put_text(&p, order->path, sizeof(order->path));
	return pack_end(&p);
}

ssize_t
wire_pack_explain(const char path[PATH_MAX], void *dst, size_t size)
{
	struct packer p = pack_start(dst, size, WIRE_EXPLAIN);

	if (path[0] == '\0')
		return -E2BIG;
	put_text(&p, path, PATH_MAX);
	return pack_end(&p);
}

/* The n groups that u still holds.  0, -EPROTO or -ENOMEM. */
static int
unpack_groups(struct unpacker *u, uint32_t n, struct wire_hello *hello)
{
	/* Asked before anything is allocated: n is the sender's word. */
	if (u->is_odd || n > WIRE_GROUPS || n > u->rest.len / GROUP_LEN_MIN)
		return -EPROTO;
	if (n == 0)
		return 0;

	hello->groups = calloc(n, sizeof(hello->groups[0]));
	if (hello->groups == NULL)
		return -ENOMEM;
	hello->n_groups = n;
	for (size_t i = 0; i < n; i++) {
		struct wire_group *group = &hello->groups[i];

		group->gid = get_u32(u);
		get_text(u, group->name, sizeof(group->name));
	}
	return 0;
}

int
wire_unpack_hello(struct span bytes, struct wire_hello *out)
{
	SCOPED(wire_hello_release) struct wire_hello hello = { 0 };
	struct unpacker u = unpack_start(bytes, WIRE_HELLO);
	int r;

	hello.uid = get_u32(&u);
	get_text(&u, hello.user, sizeof(hello.user));
	get_text(&u, hello.service, sizeof(hello.service));
	get_text(&u, hello.tty, sizeof(hello.tty));
	get_text(&u, hello.rhost, sizeof(hello.rhost));
	r = unpack_groups(&u, get_u32(&u), &hello);
	if (r < 0)
		return r;
	if (!is_whole(&u))
		return -EPROTO;

	*out = hello;
	hello.groups = NULL; /* handed over */
	return 0;
}

int
wire_unpack_goodbye(struct span bytes, struct wire_goodbye *out)
{
	struct wire_goodbye bye = { 0 };
	struct unpacker u = unpack_start(bytes, WIRE_GOODBYE);

	bye.uid = get_u32(&u);
	bye.is_login = get_u32(&u);
	get_text(&u, bye.service, sizeof(bye.service));
	if (!is_whole(&u) || bye.is_login > 1)
		return -EPROTO;
	*out = bye;
	return 0;
}

int
wire_unpack_reply(struct span bytes, struct wire_reply *out)
{
	struct wire_reply reply = { 0 };
	struct unpacker u = unpack_start(bytes, WIRE_REPLY);
	uint32_t answer = get_u32(&u);

	reply.is_broken = get_u32(&u);
	get(&u, &reply.cookie, sizeof(reply.cookie));
	reply.harden = get_u32(&u);
	reply.libraries = get_u32(&u);
	get_text(&u, reply.why, sizeof(reply.why));
	if (!is_whole(&u) || answer > WIRE_READY || reply.is_broken > 1 ||
	    reply.harden > WIRE_HARDEN_ALL || reply.libraries > 1)
		return -EPROTO;
	reply.answer = (enum wire_answer)answer;
	*out = reply;
	return 0;
}

int
wire_unpack_order(struct span bytes, struct order *out)
{
	struct order order = { 0 };
	struct unpacker u = unpack_start(bytes, WIRE_ORDER);
	uint32_t verb = get_u32(&u);

	order.is_followed = get_u32(&u);
	order.has_user = get_u32(&u);
	order.uid = get_u32(&u);
	order.has_file = get_u32(&u);
	get(&u, &order.dev, sizeof(order.dev));
	get(&u, &order.ino, sizeof(order.ino));
	order.seconds = get_u32(&u);
	get_text(&u, order.check, sizeof(order.check));
	get_text(&u, order.path, sizeof(order.path));
	if (!is_whole(&u) || verb >= ORDER_VERBS || order.is_followed > 1 ||
	    order.has_user > 1 || order.has_file > 1)
		return -EPROTO;
	order.verb = (enum order_verb)verb;
	*out = order;
	return 0;
}

int
wire_unpack_explain(struct span bytes, char path[PATH_MAX])
{
	char text[PATH_MAX] = "";
	struct unpacker u = unpack_start(bytes, WIRE_EXPLAIN);

	get_text(&u, text, sizeof(text));
	if (!is_whole(&u) || text[0] == '\0')
		return -EPROTO;
	memcpy(path, text, sizeof(text));
	return 0;
}

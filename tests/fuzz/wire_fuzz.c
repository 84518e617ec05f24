/*
 * wire_fuzz.c - bytes of anybody for each message of wire.h.
 *
 * The input is tried as a message, and as what follows the head of each kind:
 * so no seed knows the version.  What unpacks must pack again to the same
 * bytes.  Then the input becomes structures, and what packs must unpack to
 * equal ones.
 */
#include <errno.h>

#include "common/wire.h"
#include "common/wire_explain.h"
#include "tests/fuzz/fuzz.h"

#define HEAD_LEN 8

static uint8_t packed[WIRE_MAX];

static const struct wire_hello no_hello = { .uid = 4711 };
static const struct wire_goodbye no_bye = { .uid = 4711 };
static const struct wire_reply no_reply = { .cookie = 4711 };
static const struct order no_order = { .uid = 4711 };

static void
expect_bytes(ssize_t len, struct span want)
{
	insist(len >= 0 && (size_t)len == want.len);
	insist(fuzz_same(packed, want.at, want.len));
}

static void
unpack_hello(struct span bytes)
{
	SCOPED(wire_hello_release) struct wire_hello hello = no_hello;
	int r = wire_unpack_hello(bytes, &hello);

	if (r < 0) {
		insist(r == -EPROTO);
		insist(fuzz_same(&hello, &no_hello, sizeof(hello)));
		return;
	}
	insist(wire_kind_of(bytes) == WIRE_HELLO);
	insist(hello.n_groups <= WIRE_GROUPS);
	expect_bytes(wire_pack_hello(&hello, packed, sizeof(packed)), bytes);
}

static void
unpack_goodbye(struct span bytes)
{
	struct wire_goodbye bye = no_bye;
	int r = wire_unpack_goodbye(bytes, &bye);

	if (r < 0) {
		insist(r == -EPROTO);
		insist(fuzz_same(&bye, &no_bye, sizeof(bye)));
		return;
	}
	insist(wire_kind_of(bytes) == WIRE_GOODBYE && bye.is_login <= 1);
	expect_bytes(wire_pack_goodbye(&bye, packed, sizeof(packed)), bytes);
}

static void
unpack_reply(struct span bytes)
{
	struct wire_reply reply = no_reply;
	int r = wire_unpack_reply(bytes, &reply);

	if (r < 0) {
		insist(r == -EPROTO);
		insist(fuzz_same(&reply, &no_reply, sizeof(reply)));
		return;
	}
	insist(wire_kind_of(bytes) == WIRE_REPLY && reply.is_broken <= 1);
	insist(reply.answer <= WIRE_READY && reply.harden <= WIRE_HARDEN_ALL);
	expect_bytes(wire_pack_reply(&reply, packed, sizeof(packed)), bytes);
}

static void
unpack_order(struct span bytes)
{
	struct order order = no_order;
	int r = wire_unpack_order(bytes, &order);

	if (r < 0) {
		insist(r == -EPROTO);
		insist(fuzz_same(&order, &no_order, sizeof(order)));
		return;
	}
	insist(wire_kind_of(bytes) == WIRE_ORDER);
	insist(order.verb < ORDER_VERBS && order.is_followed <= 1);
	insist(order.has_user <= 1 && order.has_file <= 1);
	expect_bytes(wire_pack_order(&order, packed, sizeof(packed)), bytes);
}

static void
unpack_explain(struct span bytes)
{
	char path[PATH_MAX] = "as it was";
	int r = wire_unpack_explain(bytes, path);

	if (r < 0) {
		insist(r == -EPROTO && strcmp(path, "as it was") == 0);
		return;
	}
	insist(wire_kind_of(bytes) == WIRE_EXPLAIN && path[0] != '\0');
	expect_bytes(wire_pack_explain(path, packed, sizeof(packed)), bytes);
}

static void
unpack_each(struct span bytes)
{
	if (wire_kind_of(bytes) == WIRE_LISTENER)
		expect_bytes(wire_pack_listener(packed, sizeof(packed)), bytes);
	unpack_hello(bytes);
	unpack_goodbye(bytes);
	unpack_reply(bytes);
	unpack_order(bytes);
	unpack_explain(bytes);
}

/* The body behind the head of each kind, in a block of exactly that length. */
static void
unpack_bodies(struct span body)
{
	SCOPED(text_release) char *whole = malloc(HEAD_LEN + body.len);
	struct span bytes = { (uint8_t *)whole, HEAD_LEN + body.len };

	insist(whole != NULL);
	insist(wire_pack_listener(whole, HEAD_LEN) == HEAD_LEN);
	(void)span_copy(body, 0, whole + HEAD_LEN, body.len);
	for (uint32_t kind = 0; kind <= WIRE_EXPLAIN + 1; kind++) {
		memcpy(whole + 4, &kind, sizeof(kind));
		unpack_each(bytes);
	}
}

/* A text of the input, often one that does not fit. */
static void
take_text(struct span *from, char *to, size_t size)
{
	size_t len = fuzz_number(from, 1), n = len * (size / 250 + 1);

	memset(to, 0, size);
	if (n > size)
		n = size;
	for (size_t i = 0; i < n; i++)
		to[i] = (char)(len > 200 ? 'x' : fuzz_number(from, 1));
}

static bool
fits(const char *text, size_t size)
{
	return strnlen(text, size) < size;
}

static void
pack_hello(struct span from)
{
	SCOPED(wire_hello_release) struct wire_hello got = { 0 };
	struct wire_group groups[16];
	struct wire_hello sent = { .groups = groups };
	bool is_fit = true;
	ssize_t len;

	sent.uid = (uid_t)fuzz_number(&from, 4);
	sent.n_groups = (uint32_t)fuzz_number(&from, 1) % 17;
	take_text(&from, sent.user, WIRE_TEXT);
	take_text(&from, sent.service, WIRE_TEXT);
	take_text(&from, sent.tty, WIRE_TEXT);
	take_text(&from, sent.rhost, WIRE_TEXT);
	is_fit = fits(sent.user, WIRE_TEXT) && fits(sent.service, WIRE_TEXT) &&
	         fits(sent.tty, WIRE_TEXT) && fits(sent.rhost, WIRE_TEXT);
	for (size_t i = 0; i < sent.n_groups; i++) {
		groups[i].gid = (gid_t)fuzz_number(&from, 4);
		take_text(&from, groups[i].name, WIRE_TEXT);
		is_fit = is_fit && fits(groups[i].name, WIRE_TEXT);
	}
	len = wire_pack_hello(&sent, packed, sizeof(packed));
	insist(is_fit ? len > 0 : len == -E2BIG);
	if (len < 0)
		return;
	insist(
	    wire_unpack_hello((struct span){ packed, (size_t)len }, &got) == 0);
	insist(got.uid == sent.uid && got.n_groups == sent.n_groups);
	insist(strcmp(got.user, sent.user) == 0);
	insist(strcmp(got.service, sent.service) == 0);
	insist(strcmp(got.tty, sent.tty) == 0);
	insist(strcmp(got.rhost, sent.rhost) == 0);
	for (size_t i = 0; i < sent.n_groups; i++) {
		insist(got.groups[i].gid == groups[i].gid);
		insist(strcmp(got.groups[i].name, groups[i].name) == 0);
	}
}

static void
pack_goodbye(struct span from)
{
	struct wire_goodbye sent, got;
	ssize_t len;

	sent.uid = (uid_t)fuzz_number(&from, 4);
	sent.is_login = fuzz_number(&from, 1) % 2;
	take_text(&from, sent.service, sizeof(sent.service));
	len = wire_pack_goodbye(&sent, packed, sizeof(packed));
	if (!fits(sent.service, sizeof(sent.service))) {
		insist(len == -E2BIG);
		return;
	}
	insist(len > 0);
	insist(wire_unpack_goodbye(
		   (struct span){ packed, (size_t)len }, &got) == 0);
	insist(got.uid == sent.uid && got.is_login == sent.is_login);
	insist(strcmp(got.service, sent.service) == 0);
}

static void
pack_reply(struct span from)
{
	struct wire_reply sent, got;
	ssize_t len;

	sent.answer = (enum wire_answer)(fuzz_number(&from, 1) % 4);
	sent.is_broken = fuzz_number(&from, 1) % 2;
	sent.cookie = fuzz_number(&from, 8);
	sent.harden = fuzz_number(&from, 1) % (WIRE_HARDEN_ALL + 1);
	take_text(&from, sent.why, sizeof(sent.why));
	len = wire_pack_reply(&sent, packed, sizeof(packed));
	if (!fits(sent.why, sizeof(sent.why))) {
		insist(len == -E2BIG);
		return;
	}
	insist(len > 0);
	insist(
	    wire_unpack_reply((struct span){ packed, (size_t)len }, &got) == 0);
	insist(got.answer == sent.answer && got.is_broken == sent.is_broken);
	insist(got.cookie == sent.cookie && got.harden == sent.harden);
	insist(strcmp(got.why, sent.why) == 0);
}

static void
pack_explain(struct span from)
{
	char sent[PATH_MAX], got[PATH_MAX];
	ssize_t len;

	take_text(&from, sent, sizeof(sent));
	len = wire_pack_explain(sent, packed, sizeof(packed));
	if (!fits(sent, sizeof(sent)) || sent[0] == '\0') {
		insist(len == -E2BIG);
		return;
	}
	insist(len > 0);
	insist(wire_unpack_explain((struct span){ packed, (size_t)len }, got) ==
	       0);
	insist(strcmp(got, sent) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct span input = { data, len };

	unpack_each(input);
	unpack_bodies(input);
	pack_hello(input);
	pack_goodbye(input);
	pack_reply(input);
	pack_explain(input);
	return 0;
}

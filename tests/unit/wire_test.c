/*
 * wire_test.c - messages there and back, cut, corrupted and too long.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/scope.h"
#include "common/wire.h"

static struct wire_group groups[WIRE_GROUPS + 1] = {
	{ 61010, "students" },
	{ 4294967295U, "" },
	{ 0, "root" },
};

static const struct wire_hello alice = {
	.uid = 61001,
	.user = "alice",
	.service = "sshd",
	.tty = "",
	.rhost = "host.example.edu",
	.n_groups = 3,
	.groups = groups,
};
static const struct wire_goodbye bye = { 61001, 1, "sudo" };
static const struct wire_reply refusal = { WIRE_REFUSED, 1, 0, 0, 0,
	"/etc/execguard.d/a.conf:3: unknown keyword 'rotos'" };
static const struct wire_reply go_on = { WIRE_LISTEN, 0, 0x8899aabbccddeeffU,
	WIRE_HARDEN_ALL, 1, "" };

static const enum wire_kind kinds[] = { WIRE_HELLO, WIRE_GOODBYE, WIRE_LISTENER,
	WIRE_REPLY };

/* Where each test packs its message. */
static uint8_t bytes[4 * WIRE_MAX];

/* Pack a message of this kind into bytes, and return its length. */
static size_t
pack(enum wire_kind kind)
{
	ssize_t len = -EINVAL;

	if (kind == WIRE_HELLO)
		len = wire_pack_hello(&alice, bytes, sizeof(bytes));
	else if (kind == WIRE_GOODBYE)
		len = wire_pack_goodbye(&bye, bytes, sizeof(bytes));
	else if (kind == WIRE_LISTENER)
		len = wire_pack_listener(bytes, sizeof(bytes));
	else if (kind == WIRE_REPLY)
		len = wire_pack_reply(&refusal, bytes, sizeof(bytes));
	assert_true(len > 0);
	return (size_t)len;
}

/*
 * Unpack the first len of bytes as this kind: from a heap block of exactly
 * that length, so that ASan sees who reads past it.
 */
static int
unpack(enum wire_kind kind, size_t len)
{
	uint8_t *exact = malloc(len > 0 ? len : 1);
	struct span span = { exact, len };
	SCOPED(wire_hello_release) struct wire_hello hello = { 0 };
	struct wire_goodbye goodbye;
	struct wire_reply reply;
	int r = -EINVAL;

	assert_non_null(exact);
	memcpy(exact, bytes, len);
	if (kind == WIRE_HELLO)
		r = wire_unpack_hello(span, &hello);
	else if (kind == WIRE_GOODBYE)
		r = wire_unpack_goodbye(span, &goodbye);
	else if (kind == WIRE_LISTENER)
		r = wire_kind_of(span) == kind ? 0 : -EPROTO;
	else if (kind == WIRE_REPLY)
		r = wire_unpack_reply(span, &reply);
	assert_true(hello.n_groups <= WIRE_GROUPS);
	if (r == 0)
		assert_int_equal(wire_kind_of(span), kind);
	free(exact);
	return r;
}

/* Pack hello, and what comes back; the caller releases it. */
static struct wire_hello
echo(const struct wire_hello *hello)
{
	ssize_t len = wire_pack_hello(hello, bytes, sizeof(bytes));
	struct wire_hello got = { 0 };

	assert_true(len > 0);
	assert_int_equal(
	    wire_unpack_hello((struct span){ bytes, (size_t)len }, &got), 0);
	return got;
}

static void
a_hello_comes_back(void **state UNUSED)
{
	SCOPED(wire_hello_release) struct wire_hello got = echo(&alice);

	assert_int_equal(got.uid, alice.uid);
	assert_string_equal(got.user, alice.user);
	assert_string_equal(got.service, alice.service);
	assert_string_equal(got.tty, alice.tty);
	assert_string_equal(got.rhost, alice.rhost);
	assert_int_equal(got.n_groups, alice.n_groups);
	for (size_t i = 0; i < got.n_groups; i++) {
		assert_int_equal(got.groups[i].gid, groups[i].gid);
		assert_string_equal(got.groups[i].name, groups[i].name);
	}
}

static void
a_goodbye_comes_back(void **state UNUSED)
{
	struct span span = { bytes, pack(WIRE_GOODBYE) };
	struct wire_goodbye got;

	assert_int_equal(wire_unpack_goodbye(span, &got), 0);
	assert_true(got.uid == bye.uid && got.is_login == bye.is_login);
	assert_string_equal(got.service, bye.service);
}

static void
a_reply_comes_back(void **state UNUSED)
{
	const struct wire_reply *const replies[] = { &refusal, &go_on };

	for (size_t i = 0; i < LENGTH(replies); i++) {
		const struct wire_reply *sent = replies[i];
		ssize_t len = wire_pack_reply(sent, bytes, sizeof(bytes));
		struct span span = { bytes, (size_t)len };
		struct wire_reply got;

		assert_int_equal(wire_unpack_reply(span, &got), 0);
		assert_int_equal(got.answer, sent->answer);
		assert_true(got.is_broken == sent->is_broken &&
			    got.libraries == sent->libraries);
		assert_true(got.cookie == sent->cookie);
		assert_string_equal(got.why, sent->why);
	}
}

static void
every_kind_is_told_apart(void **state UNUSED)
{
	for (size_t i = 0; i < LENGTH(kinds); i++) {
		size_t len = pack(kinds[i]);

		for (size_t k = 0; k < LENGTH(kinds); k++)
			assert_int_equal(
			    unpack(kinds[k], len), i == k ? 0 : -EPROTO);
	}
}

static void
every_cut_is_refused(void **state UNUSED)
{
	for (size_t i = 0; i < LENGTH(kinds); i++) {
		size_t len = pack(kinds[i]);

		for (size_t cut = 0; cut < len; cut++)
			assert_int_equal(unpack(kinds[i], cut), -EPROTO);
	}
}

static void
every_rest_is_refused(void **state UNUSED)
{
	for (size_t i = 0; i < LENGTH(kinds); i++) {
		size_t len = pack(kinds[i]);

		for (size_t more = 1; more < 20; more++)
			assert_int_equal(unpack(kinds[i], len + more), -EPROTO);
		assert_int_equal(unpack(kinds[i], WIRE_MAX), -EPROTO);
		assert_int_equal(unpack(kinds[i], WIRE_MAX + 1), -EPROTO);
	}
}

static void
another_version_is_refused(void **state UNUSED)
{
	for (size_t i = 0; i < LENGTH(kinds); i++) {
		for (size_t at = 0; at < 4; at++) {
			struct span span = { bytes, pack(kinds[i]) };

			bytes[at] ^= 0x02;
			assert_int_equal(unpack(kinds[i], span.len), -EPROTO);
			assert_int_equal(wire_kind_of(span), WIRE_NONE);
		}
	}
}

static void
no_byte_can_do_harm(void **state UNUSED)
{
	for (size_t i = 0; i < LENGTH(kinds); i++) {
		size_t len = pack(kinds[i]);

		for (size_t n = 0; n < len * 256; n++) {
			uint8_t was = bytes[n / 256];
			int r;

			bytes[n / 256] = (uint8_t)n;
			r = unpack(kinds[i], len);
			assert_true(r == 0 || r == -EPROTO);
			bytes[n / 256] = was;
		}
	}
}

static void
a_text_fills_its_field_and_no_more(void **state UNUSED)
{
	SCOPED(wire_hello_release) struct wire_hello got = { 0 };
	struct wire_hello big = alice;

	memset(big.user, 'u', WIRE_TEXT - 1);
	got = echo(&big);
	assert_string_equal(got.user, big.user);

	big.user[WIRE_TEXT - 1] = 'u';
	assert_int_equal(wire_pack_hello(&big, bytes, sizeof(bytes)), -E2BIG);
}

static void
too_many_groups_are_not_sent(void **state UNUSED)
{
	SCOPED(wire_hello_release) struct wire_hello got = { 0 };
	struct wire_hello big = alice;

	big.n_groups = WIRE_GROUPS;
	got = echo(&big);
	assert_int_equal(got.n_groups, WIRE_GROUPS);
	big.n_groups = WIRE_GROUPS + 1;
	assert_int_equal(wire_pack_hello(&big, bytes, sizeof(bytes)), -E2BIG);
	big.n_groups = UINT32_MAX;
	assert_int_equal(wire_pack_hello(&big, bytes, sizeof(bytes)), -E2BIG);
}

static void
a_message_longer_than_any_is_not_sent(void **state UNUSED)
{
	static struct wire_group long_groups[WIRE_GROUPS];
	struct wire_hello big = alice;

	for (size_t i = 0; i < WIRE_GROUPS; i++)
		memset(long_groups[i].name, 'g', WIRE_TEXT - 1);
	big.groups = long_groups;
	big.n_groups = WIRE_GROUPS;
	assert_int_equal(wire_pack_hello(&big, bytes, sizeof(bytes)), -E2BIG);
}

static void
a_buffer_that_is_too_small_is_refused(void **state UNUSED)
{
	size_t len = pack(WIRE_HELLO);

	for (size_t size = 0; size < len; size++)
		assert_int_equal(wire_pack_hello(&alice, bytes, size), -E2BIG);
	assert_int_equal(wire_pack_hello(&alice, bytes, len), len);
	assert_int_equal(wire_pack_listener(bytes, 7), -E2BIG);
}

/*
 * A hello of somebody who knows no limits: his host has host_len bytes, and
 * he says n groups and sends as many, each with a name of name_len bytes.
 */
static size_t
craft(size_t host_len, uint32_t n, size_t name_len)
{
	const char *host = alice.rhost;
	uint8_t *at = memmem(bytes, pack(WIRE_HELLO), host, strlen(host) + 1);

	assert_non_null(at);
	memset(at, 'h', host_len);
	at += host_len;
	*at++ = '\0';
	memcpy(at, &n, sizeof(n));
	at += sizeof(n);
	for (uint32_t i = 0; i < n; i++) {
		memset(at, 'g', sizeof(gid_t) + name_len);
		at += sizeof(gid_t) + name_len;
		*at++ = '\0';
	}
	return (size_t)(at - bytes);
}

static const struct crafted {
	const char *name;
	size_t host_len;
	uint32_t n;
	size_t name_len;
	int want;
} crafted[] = {
	/* clang-format off */
	{ "a crafted hello within all limits is taken", 9, 3, 9, 0 },
	{ "a hello without groups is taken", 9, 0, 0, 0 },
	{ "the longest text is taken", WIRE_TEXT - 1, 0, 0, 0 },
	{ "a text longer than its field is refused", WIRE_TEXT, 0, 0, -EPROTO },
	{ "the longest name of a group is taken", 9, 1, WIRE_TEXT - 1, 0 },
	{ "a longer one is refused", 9, 1, WIRE_TEXT, -EPROTO },
	{ "as many groups as there may be are taken", 9, WIRE_GROUPS, 1, 0 },
	{ "one more is refused", 9, WIRE_GROUPS + 1, 1, -EPROTO },
	{ "a long message is taken", 9, 600, 200, 0 },
	{ "one longer than any is refused", 9, 700, 200, -EPROTO },
	/* clang-format on */
};

static void
crafted_test(void **state)
{
	const struct crafted *row = *state;
	size_t len = craft(row->host_len, row->n, row->name_len);

	assert_int_equal(unpack(WIRE_HELLO, len), row->want);
}

static void
a_count_that_the_bytes_do_not_hold_is_refused(void **state UNUSED)
{
	const uint32_t counts[] = { 0, 1, 2, 4, WIRE_GROUPS, WIRE_GROUPS + 1,
		0x40000000U, UINT32_MAX };
	size_t at = craft(9, 0, 0) - sizeof(uint32_t);
	size_t len = craft(9, 3, 9);

	assert_int_equal(unpack(WIRE_HELLO, len), 0);
	for (size_t i = 0; i < LENGTH(counts); i++) {
		memcpy(bytes + at, &counts[i], sizeof(counts[i]));
		assert_int_equal(unpack(WIRE_HELLO, len), -EPROTO);
	}
}

static void
on_failure_out_is_untouched(void **state UNUSED)
{
	struct wire_hello hello = { .uid = 7 };
	struct wire_reply reply = { .cookie = 7, .answer = WIRE_READY };
	struct span cut = { bytes, pack(WIRE_HELLO) - 1 };

	assert_int_equal(wire_unpack_hello(cut, &hello), -EPROTO);
	assert_int_equal(hello.uid, 7);
	cut.len = pack(WIRE_REPLY) - 1;
	assert_int_equal(wire_unpack_reply(cut, &reply), -EPROTO);
	assert_int_equal(reply.answer, WIRE_READY);
	assert_true(reply.cookie == 7);
}

static void
an_unknown_answer_is_refused(void **state UNUSED)
{
	size_t len = pack(WIRE_REPLY);

	bytes[8] = WIRE_READY + 1;
	assert_int_equal(unpack(WIRE_REPLY, len), -EPROTO);
	(void)pack(WIRE_REPLY);
	bytes[12] = 2; /* neither broken nor not */
	assert_int_equal(unpack(WIRE_REPLY, len), -EPROTO);
}

int
main(void)
{
	const struct CMUnitTest others[] = {
		cmocka_unit_test(a_hello_comes_back),
		cmocka_unit_test(a_goodbye_comes_back),
		cmocka_unit_test(a_reply_comes_back),
		cmocka_unit_test(every_kind_is_told_apart),
		cmocka_unit_test(every_cut_is_refused),
		cmocka_unit_test(every_rest_is_refused),
		cmocka_unit_test(another_version_is_refused),
		cmocka_unit_test(no_byte_can_do_harm),
		cmocka_unit_test(a_text_fills_its_field_and_no_more),
		cmocka_unit_test(too_many_groups_are_not_sent),
		cmocka_unit_test(a_message_longer_than_any_is_not_sent),
		cmocka_unit_test(a_buffer_that_is_too_small_is_refused),
		cmocka_unit_test(a_count_that_the_bytes_do_not_hold_is_refused),
		cmocka_unit_test(on_failure_out_is_untouched),
		cmocka_unit_test(an_unknown_answer_is_refused),
	};
	struct CMUnitTest tests[LENGTH(crafted) + LENGTH(others)];

	for (size_t i = 0; i < LENGTH(crafted); i++)
		tests[i] = (struct CMUnitTest){
			.name = crafted[i].name,
			.test_func = crafted_test,
			.initial_state = (void *)(uintptr_t)&crafted[i],
		};
	memcpy(&tests[LENGTH(crafted)], others, sizeof(others));
	return cmocka_run_group_tests_name("wire", tests, NULL, NULL);
}

/*
 * digest_test.c - published digests, whole and in pieces, and what a hash asks
 * of the kernel: nothing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "common/digest.h"

/*
 * RFC 1321 (MD5), FIPS 180-4 (SHA) and FIPS 202 (SHA3) with the examples of
 * NIST, RFC 7693 (BLAKE2b); the shorter BLAKE2b by b2sum -l.
 */
/* clang-format off */
static const struct row {
	const char *name;
	enum digest_algorithm algorithm;
	const char *text;
	const char *want;
} rows[] = {
	{ "MD5 of nothing", DIGEST_MD5, "",
	    "d41d8cd98f00b204e9800998ecf8427e" },
	{ "SHA1 of nothing", DIGEST_SHA1, "",
	    "da39a3ee5e6b4b0d3255bfef95601890afd80709" },
	{ "SHA256 of nothing", DIGEST_SHA256, "",
	    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
	{ "BLAKE2b-256 of nothing", DIGEST_BLAKE2B_256, "",
	    "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8" },
	{ "SHA3-256 of nothing", DIGEST_SHA3_256, "",
	    "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a" },
	{ "SHA384 of nothing", DIGEST_SHA384, "",
	    "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da"
	    "274edebfe76f65fbd51ad2f14898b95b" },
	{ "BLAKE2b-384 of nothing", DIGEST_BLAKE2B_384, "",
	    "b32811423377f52d7862286ee1a72ee540524380fda1724a6f25d7978c6fd324"
	    "4a6caf0498812673c5e05ef583825100" },
	{ "SHA3-384 of nothing", DIGEST_SHA3_384, "",
	    "0c63a75b845e4f7d01107d852e4c2485c51a50aaaa94fc61995e71bbee983a2a"
	    "c3713831264adb47fb6bd1e058d5f004" },
	{ "SHA512 of nothing", DIGEST_SHA512, "",
	    "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
	    "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e" },
	{ "BLAKE2b of nothing", DIGEST_BLAKE2B, "",
	    "786a02f742015903c6c6fd852552d272912f4740e15847618a86e217f71f5419"
	    "d25e1031afee585313896444934eb04b903a685b1448b755d56f701afe9be2ce" },
	{ "SHA3-512 of nothing", DIGEST_SHA3_512, "",
	    "a69f73cca23a9ac5c8b567dc185a756e97c982164fe25859e0d1dcc1475c80a6"
	    "15b2123af1f5f94c11e3e9402c3ac558f500199d95b6d3e301758586281dcd26" },
	{ "MD5 of abc", DIGEST_MD5, "abc",
	    "900150983cd24fb0d6963f7d28e17f72" },
	{ "SHA1 of abc", DIGEST_SHA1, "abc",
	    "a9993e364706816aba3e25717850c26c9cd0d89d" },
	{ "SHA256 of abc", DIGEST_SHA256, "abc",
	    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
	{ "BLAKE2b-256 of abc", DIGEST_BLAKE2B_256, "abc",
	    "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319" },
	{ "SHA3-256 of abc", DIGEST_SHA3_256, "abc",
	    "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532" },
	{ "SHA384 of abc", DIGEST_SHA384, "abc",
	    "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
	    "8086072ba1e7cc2358baeca134c825a7" },
	{ "BLAKE2b-384 of abc", DIGEST_BLAKE2B_384, "abc",
	    "6f56a82c8e7ef526dfe182eb5212f7db9df1317e57815dbda46083fc30f54ee6"
	    "c66ba83be64b302d7cba6ce15bb556f4" },
	{ "SHA3-384 of abc", DIGEST_SHA3_384, "abc",
	    "ec01498288516fc926459f58e2c6ad8df9b473cb0fc08c2596da7cf0e49be4b2"
	    "98d88cea927ac7f539f1edf228376d25" },
	{ "SHA512 of abc", DIGEST_SHA512, "abc",
	    "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
	    "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f" },
	{ "BLAKE2b of abc", DIGEST_BLAKE2B, "abc",
	    "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
	    "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923" },
	{ "SHA3-512 of abc", DIGEST_SHA3_512, "abc",
	    "b751850b1a57168a5693cd924b6b096e08f621827444f70d884f5d0240d2712e"
	    "10e116e9192af3c91a7ec57647e3934057340b4cf408d5a56592f8274eec53f0" },
};
/* clang-format on */

static void
to_hex(const uint8_t *bytes, size_t size, char *out)
{
	for (size_t i = 0; i < size; i++)
		(void)snprintf(out + 2 * i, 3, "%02x", bytes[i]);
}

static void
expect_digest(struct digest *d, const struct row *row)
{
	uint8_t out[DIGEST_MAX];
	char hex[2 * DIGEST_MAX + 1];

	assert_int_equal(digest_finish(d, out), 0);
	to_hex(out, algorithm_size(row->algorithm), hex);
	assert_string_equal(hex, row->want);
}

static void
row_test(void **state)
{
	const struct row *row = *state;
	SCOPED(digest_release) struct digest *d = NULL;

	assert_int_equal(digest_open(row->algorithm, &d), 0);
	digest_add(d, row->text, strlen(row->text));
	expect_digest(d, row);

	/* As new, and a byte at a time. */
	for (const char *c = row->text; *c != '\0'; c++)
		digest_add(d, c, 1);
	expect_digest(d, row);
}

/* What is long enough for several blocks of every algorithm. */
static void
fill(uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		bytes[i] = (uint8_t)(i * 31 + i / 251);
}

static void
add_in_pieces(struct digest *d, const uint8_t *bytes, size_t len, size_t piece)
{
	for (size_t at = 0; at < len; at += piece)
		digest_add(d, bytes + at, len - at < piece ? len - at : piece);
}

static void
pieces_make_the_whole(void **state UNUSED)
{
	static const size_t pieces[] = { 1, 3, 63, 64, 65, 128, 135, 1000 };
	uint8_t bytes[4099], whole[DIGEST_MAX], out[DIGEST_MAX];

	fill(bytes, sizeof(bytes));
	for (int i = DIGEST_UNKNOWN + 1; i < DIGEST_ALGORITHMS; i++) {
		const enum digest_algorithm a = (enum digest_algorithm)i;
		SCOPED(digest_release) struct digest *d = NULL;

		assert_int_equal(digest_open(a, &d), 0);
		digest_add(d, bytes, sizeof(bytes));
		assert_int_equal(digest_finish(d, whole), 0);
		for (size_t p = 0; p < LENGTH(pieces); p++) {
			add_in_pieces(d, bytes, sizeof(bytes), pieces[p]);
			assert_int_equal(digest_finish(d, out), 0);
			assert_memory_equal(out, whole, algorithm_size(a));
		}
	}
}

static void
what_is_no_algorithm_is_not_opened(void **state UNUSED)
{
	struct digest *d = NULL;

	assert_int_equal(digest_open(DIGEST_UNKNOWN, &d), -EINVAL);
	assert_int_equal(digest_open(DIGEST_ALGORITHMS, &d), -EINVAL);
	assert_null(d);
	digest_release(&d);
}

/* In a child that may read, write and end, and dies of all else. */
static void
hash_confined(struct digest **digests, int answer)
{
	uint8_t bytes[70000], out[DIGEST_ALGORITHMS][DIGEST_MAX] = { 0 };

	fill(bytes, sizeof(bytes));
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) < 0)
		_exit(2);
	for (int a = DIGEST_UNKNOWN + 1; a < DIGEST_ALGORITHMS; a++) {
		digest_add(digests[a], bytes, sizeof(bytes));
		if (digest_finish(digests[a], out[a]) < 0)
			(void)syscall(SYS_exit, 3);
	}
	if (write(answer, out, sizeof(out)) != sizeof(out))
		(void)syscall(SYS_exit, 4);
	(void)syscall(SYS_exit, 0);
}

static void
what_is_open_hashes_without_a_system_call(void **state UNUSED)
{
	struct digest *digests[DIGEST_ALGORITHMS] = { 0 };
	uint8_t got[DIGEST_ALGORITHMS][DIGEST_MAX], want[DIGEST_MAX];
	uint8_t bytes[70000];
	int ends[2], status;
	pid_t child;

	for (int a = DIGEST_UNKNOWN + 1; a < DIGEST_ALGORITHMS; a++)
		assert_int_equal(
		    digest_open((enum digest_algorithm)a, &digests[a]), 0);
	assert_int_equal(pipe(ends), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0)
		hash_confined(digests, ends[1]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);

	fill(bytes, sizeof(bytes));
	assert_int_equal(read(ends[0], got, sizeof(got)), sizeof(got));
	for (int a = DIGEST_UNKNOWN + 1; a < DIGEST_ALGORITHMS; a++) {
		digest_add(digests[a], bytes, sizeof(bytes));
		assert_int_equal(digest_finish(digests[a], want), 0);
		assert_memory_equal(
		    got[a], want, algorithm_size((enum digest_algorithm)a));
		digest_release(&digests[a]);
	}
	fd_release(&ends[0]);
	fd_release(&ends[1]);
}

#define N_ROWS LENGTH(rows)

int
main(void)
{
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(pieces_make_the_whole),
		cmocka_unit_test(what_is_no_algorithm_is_not_opened),
		cmocka_unit_test(what_is_open_hashes_without_a_system_call),
	};
	struct CMUnitTest tests[N_ROWS + LENGTH(others)];

	if (digest_init() < 0)
		return 1;
	for (size_t i = 0; i < N_ROWS; i++)
		tests[i] = (struct CMUnitTest){
			.name = rows[i].name,
			.test_func = row_test,
			.initial_state = (void *)(uintptr_t)&rows[i],
		};
	memcpy(tests + N_ROWS, others, sizeof(others));
	return cmocka_run_group_tests_name("digest", tests, NULL, NULL);
}

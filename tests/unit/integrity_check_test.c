/* What the section integrity makes of an image (policy/check/integrity.c). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "common/scope.h"
#include "policy/decide.h"

#define PROGRAM "/usr/bin/tool"

static const char text[] =
    "SHA256 (" PROGRAM ") = "
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n";

static char except_word[] = PROGRAM;
static char *except_words[] = { except_word };

static struct policy policy = {
	.integrity = { .is_on = true, .line = 7 },
};
static struct facts facts;

/* clang-format off */
static const struct row {
	const char *name;
	const char *path;
	enum image_name is;
	enum contents contents;
	enum digest_algorithm algorithm;
	uint8_t byte; /* the digest is made of it */
	bool is_loaded;
	bool is_excepted;
	enum action unlisted, mismatch;
	enum reason want;
	enum action want_action;
} rows[] = {
	{ .name = "what holds what is listed is permitted",
	    .path = PROGRAM, .is = NAME_VERIFIED, .contents = CONTENTS_KNOWN,
	    .algorithm = DIGEST_SHA256, .byte = 0xaa, .is_loaded = true,
	    .want = REASON_NONE, .want_action = ACTION_ALLOW },
	{ .name = "one bit more is a mismatch",
	    .path = PROGRAM, .is = NAME_VERIFIED, .contents = CONTENTS_KNOWN,
	    .algorithm = DIGEST_SHA256, .byte = 0xab, .is_loaded = true,
	    .want = REASON_MISMATCH, .want_action = ACTION_DENY },
	{ .name = "with the action of its own",
	    .path = PROGRAM, .is = NAME_VERIFIED, .contents = CONTENTS_KNOWN,
	    .algorithm = DIGEST_SHA256, .byte = 0xab, .is_loaded = true,
	    .mismatch = ACTION_KILL,
	    .want = REASON_MISMATCH, .want_action = ACTION_KILL },
	{ .name = "a digest by another algorithm says nothing",
	    .path = PROGRAM, .is = NAME_VERIFIED, .contents = CONTENTS_KNOWN,
	    .algorithm = DIGEST_SHA3_256, .byte = 0xaa, .is_loaded = true,
	    .want = REASON_UNINSPECTED, .want_action = ACTION_DENY },
	{ .name = "at ask what was not hashed is left to confirm",
	    .path = PROGRAM, .is = NAME_VERIFIED, .contents = CONTENTS_KNOWN,
	    .want = REASON_NONE, .want_action = ACTION_ALLOW },
	{ .name = "and so is what was not looked at",
	    .path = PROGRAM, .is = NAME_VERIFIED,
	    .contents = CONTENTS_PENDING,
	    .want = REASON_NONE, .want_action = ACTION_ALLOW },
	{ .name = "at confirm it must have been hashed",
	    .path = PROGRAM, .is = NAME_VERIFIED,
	    .contents = CONTENTS_PENDING, .is_loaded = true,
	    .want = REASON_UNINSPECTED, .want_action = ACTION_DENY },
	{ .name = "what cannot be read is refused at once",
	    .path = PROGRAM, .is = NAME_VERIFIED,
	    .contents = CONTENTS_UNKNOWN,
	    .want = REASON_UNINSPECTED, .want_action = ACTION_DENY },
	{ .name = "what is not listed is refused",
	    .path = "/usr/bin/other", .is = NAME_VERIFIED,
	    .contents = CONTENTS_PENDING,
	    .want = REASON_UNLISTED, .want_action = ACTION_DENY },
	{ .name = "with the action of its own, too",
	    .path = "/usr/bin/other", .is = NAME_VERIFIED,
	    .contents = CONTENTS_PENDING, .unlisted = ACTION_WARN,
	    .want = REASON_UNLISTED, .want_action = ACTION_WARN },
	{ .name = "unlisted = allow is no objection",
	    .path = "/usr/bin/other", .is = NAME_VERIFIED,
	    .contents = CONTENTS_PENDING, .unlisted = ACTION_ALLOW,
	    .want = REASON_NONE, .want_action = ACTION_ALLOW },
	{ .name = "a bind mount under a listed name is not listed",
	    .path = PROGRAM, .is = NAME_ELSEWHERE,
	    .contents = CONTENTS_KNOWN, .algorithm = DIGEST_SHA256,
	    .byte = 0xaa, .is_loaded = true,
	    .want = REASON_UNLISTED, .want_action = ACTION_DENY },
	{ .name = "a memory file is not listed",
	    .path = "memfd:tool", .is = NAME_MEMFD,
	    .contents = CONTENTS_KNOWN, .algorithm = DIGEST_SHA256,
	    .byte = 0xaa, .is_loaded = true,
	    .want = REASON_UNLISTED, .want_action = ACTION_DENY },
	{ .name = "what except names is not looked at",
	    .path = PROGRAM, .is = NAME_VERIFIED, .contents = CONTENTS_KNOWN,
	    .algorithm = DIGEST_SHA256, .byte = 0xab, .is_loaded = true,
	    .is_excepted = true,
	    .want = REASON_NONE, .want_action = ACTION_ALLOW },
};
/* clang-format on */

static void
row_test(void **state)
{
	const struct row *row = *state;
	struct integrity_rules *rules = &policy.integrity;
	struct image *image = &facts.images[0];
	struct verdict got;

	rules->unlisted = row->unlisted;
	rules->mismatch = row->mismatch;
	rules->except = row->is_excepted ? (struct words){ except_words, 1 }
	                                 : (struct words){ 0 };
	facts.n_images = 1;
	facts.is_loaded = row->is_loaded;
	image->name = row->is;
	strcpy(image->path, row->path);
	image->holding.contents = row->contents;
	image->holding.algorithm = row->algorithm;
	memset(image->holding.digest, row->byte, DIGEST_MAX);
	got = check_integrity(&policy, &facts, image);
	assert_int_equal(got.reason, row->want);
	assert_int_equal(got.action, row->want_action);
	if (row->want != REASON_NONE) {
		assert_int_equal(got.check, CHECK_INTEGRITY);
		assert_int_equal(got.line, 7);
	}
}

static int
load(void **state)
{
	struct manifest_error error;

	(void)state;
	return manifest_add(&policy.integrity.listed, "m",
	    (struct span){ (const uint8_t *)text, strlen(text) }, false,
	    &error);
}

static int
unload(void **state)
{
	(void)state;
	manifest_release(&policy.integrity.listed);
	return 0;
}

int
main(void)
{
	struct CMUnitTest tests[LENGTH(rows)];

	for (size_t i = 0; i < LENGTH(rows); i++)
		tests[i] = (struct CMUnitTest){
			.name = rows[i].name,
			.test_func = row_test,
			.initial_state = (void *)(uintptr_t)&rows[i],
		};
	return cmocka_run_group_tests_name(
	    "integrity_check", tests, load, unload);
}

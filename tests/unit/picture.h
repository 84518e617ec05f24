/*
 * picture.h - facts in few words, for the tables of decide and its checks.
 */
#ifndef EXECGUARD_PICTURE_H
#define EXECGUARD_PICTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "common/scope.h"
#include "policy/decide.h"
#include "policy/explain.h"
#include "policy/facts.h"

#define ALICE 1000U
#define BOB   1001U
#define EXT4  0xEF53U
#define NOW   1000000U

/* clang-format off */
#define WORDS(...) \
	{ (char *[]){ __VA_ARGS__ }, LENGTH(((char *[]){ __VA_ARGS__ })) }
#define IDS(...) \
	{ (uint32_t[]){ __VA_ARGS__ }, LENGTH(((uint32_t[]){ __VA_ARGS__ })) }

/* Every directory is root's, 0755, unless the picture says more. */
struct picture {
	enum image_name name;
	const char *path;
	enum image_role role;
	uid_t owner; /* of the file, and of the chain from (0: not of it) */
	size_t from;
	const struct node *odd; /* one node that is different, */
	int at;                 /* and which */
	uint32_t fs;            /* 0: EXT4 */
	bool is_on_root_device, is_deep, has_no_chain;
	uint64_t suspended_until;
	bool is_for_root; /* facts->user is 0, not ALICE */
	bool is_detour, is_mounting, is_odd; /* of the first: see facts.h */
};

struct row {
	const char *name; /* a sentence */
	const struct policy *policy;
	struct verdict want;
	struct picture images[4];
};

#define AS(how, ...) { .name = NAME_##how, .path = __VA_ARGS__ }
#define NAMED(...)   AS(VERIFIED, __VA_ARGS__)

#define GETS(act, chk, why, image, node) { ACTION_##act, CHECK_##chk, \
	REASON_##why, 0, image, node, ACTION_##act }
#define DENIED(chk, why, image) GETS(DENY, chk, why, image, NODE_SELF)
#define RUNS GETS(ALLOW, GUARD, NONE, 0, NODE_SELF)
/* clang-format on */

static inline void
picture_draw(const struct picture *picture, struct image *image)
{
	static const struct node plain = { .mode = S_IFDIR | 0755 };

	image->role = picture->role;
	image->name = picture->name;
	image->fs_type = picture->fs == 0 ? EXT4 : picture->fs;
	image->is_on_root_device = picture->is_on_root_device;
	image->chain_too_deep = picture->is_deep;
	image->suspended_until = picture->suspended_until;
	strcpy(image->path, picture->path);
	for (const char *c = picture->path; *c != '\0'; c++)
		if (*c == '/' && !picture->has_no_chain)
			image->chain[image->n_chain++] = plain;
	for (size_t i = picture->from; i > 0 && i < image->n_chain; i++)
		image->chain[i].owner = picture->owner;
	image->self = plain;
	image->self.owner = picture->owner;
	if (picture->odd != NULL && picture->at == NODE_SELF)
		image->self = *picture->odd;
	else if (picture->odd != NULL)
		image->chain[picture->at] = *picture->odd;
}

static inline void
row_test(void **state)
{
	static struct facts facts;
	const struct row *row = *state;
	struct verdict got;
	size_t n = 0;

	memset(&facts, 0, sizeof(facts));
	facts.uid = ALICE;
	facts.user = row->images[0].is_for_root ? 0 : ALICE;
	facts.now = NOW;
	facts.is_by_own_path = !row->images[0].is_detour;
	facts.is_view_fixed = !row->images[0].is_mounting;
	facts.is_odd_program = row->images[0].is_odd;
	for (; n < LENGTH(row->images) && row->images[n].path != NULL; n++)
		picture_draw(&row->images[n], &facts.images[n]);
	facts.n_images = n;
	got = decide(row->policy, &facts);

	assert_string_equal(
	    explain_reason(got.reason), explain_reason(row->want.reason));
	assert_string_equal(
	    explain_check(got.check), explain_check(row->want.check));
	assert_int_equal(got.action, row->want.action);
	assert_int_equal(got.wanted, row->want.wanted);
	assert_int_equal(got.image, row->want.image);
	assert_int_equal(got.node, row->want.node);
}

#endif

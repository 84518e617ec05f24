/* What the section elf makes of a program (policy/check/elf.c). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "common/scope.h"
#include "policy/decide.h"

/* A healthy program: a PIE with an interpreter and a plain stack. */
#define HEALTHY                                                                \
	{                                                                      \
		.kind = ELF_DYNAMIC, .stack = ELF_STACK_PLAIN, .is_pie = true  \
	}
#define ON .is_on = true, .line = 7

static char except_word[] = "/usr/bin/node";
static char *except_words[] = { except_word };

/* clang-format off */
static const struct row {
	const char *name;
	struct elf_rules rules;
	struct holding_elf elf;
	enum reason want;
	enum contents contents; /* CONTENTS_UNKNOWN: as KNOWN, to be short */
	enum image_role role;
	bool is_loaded;
} rows[] = {
	{ .name = "without the section nothing is asked",
	    .rules = { 0 }, .elf = { 0 }, .want = REASON_NONE },
	{ .name = "a healthy program passes all",
	    .rules = { ON, .require_pie = true, .deny_execstack = true,
		.deny_elf32 = true, .deny_static = true, .deny_ldso = true,
		.deny_textrel = true, .deny_rwx = true },
	    .elf = HEALTHY, .want = REASON_NONE },
	{ .name = "a bare section refuses what is malformed",
	    .rules = { ON }, .elf = { .kind = ELF_MALFORMED }, .want = REASON_MALFORMED },
	{ .name = "what is no ELF file is the kernel's affair",
	    .rules = { ON, .require_pie = true, .deny_static = true },
	    .elf = { .kind = ELF_NOT }, .want = REASON_NONE },
	{ .name = "a bare section lets a loader run",
	    .rules = { ON }, .elf = { .kind = ELF_LOADER, .stack = ELF_STACK_PLAIN },
	    .want = REASON_NONE },
	{ .name = "dynamic = deny",
	    .rules = { ON, .deny_dynamic = true }, .elf = HEALTHY, .want = REASON_DYNAMIC },
	{ .name = "static = deny, not a dynamic one",
	    .rules = { ON, .deny_static = true }, .elf = HEALTHY, .want = REASON_NONE },
	{ .name = "static = deny",
	    .rules = { ON, .deny_static = true },
	    .elf = { .kind = ELF_STATIC, .stack = ELF_STACK_PLAIN },
	    .want = REASON_STATIC },
	{ .name = "a static PIE is as static",
	    .rules = { ON, .deny_static = true },
	    .elf = { .kind = ELF_STATIC, .stack = ELF_STACK_PLAIN, .is_pie = true },
	    .want = REASON_STATIC },
	{ .name = "ldso = deny, a loader",
	    .rules = { ON, .deny_ldso = true },
	    .elf = { .kind = ELF_LOADER, .stack = ELF_STACK_PLAIN, .is_pie = true },
	    .want = REASON_LDSO },
	{ .name = "ldso = deny, a library",
	    .rules = { ON, .deny_ldso = true },
	    .elf = { .kind = ELF_LIBRARY, .stack = ELF_STACK_PLAIN, .is_pie = true },
	    .want = REASON_LDSO },
	{ .name = "static = deny leaves a loader alone",
	    .rules = { ON, .deny_static = true },
	    .elf = { .kind = ELF_LOADER, .stack = ELF_STACK_PLAIN, .is_pie = true },
	    .want = REASON_NONE },
	{ .name = "pie = require",
	    .rules = { ON, .require_pie = true },
	    .elf = { .kind = ELF_DYNAMIC, .stack = ELF_STACK_PLAIN },
	    .want = REASON_NOT_PIE },
	{ .name = "pie = require, and a static PIE",
	    .rules = { ON, .require_pie = true },
	    .elf = { .kind = ELF_STATIC, .stack = ELF_STACK_PLAIN, .is_pie = true },
	    .want = REASON_NONE },
	{ .name = "elf32 = deny",
	    .rules = { ON, .deny_elf32 = true },
	    .elf = { .kind = ELF_DYNAMIC, .stack = ELF_STACK_PLAIN, .is_32 = true },
	    .want = REASON_ELF32 },
	{ .name = "L7: execstack = deny, the header asks for one",
	    .rules = { ON, .deny_execstack = true },
	    .elf = { .kind = ELF_DYNAMIC, .stack = ELF_STACK_EXECUTABLE },
	    .want = REASON_EXECSTACK },
	{ .name = "L7: execstack = deny, 64 bits and no header",
	    .rules = { ON, .deny_execstack = true },
	    .elf = { .kind = ELF_DYNAMIC, .stack = ELF_STACK_UNSET },
	    .want = REASON_EXECSTACK },
	{ .name = "L7: execstack = deny, 32 bits and no header",
	    .rules = { ON, .deny_execstack = true },
	    .elf = { .kind = ELF_DYNAMIC, .stack = ELF_STACK_EVERYTHING,
		.is_32 = true }, .want = REASON_EXECSTACK },
	{ .name = "textrel = deny",
	    .rules = { ON, .deny_textrel = true },
	    .elf = { .kind = ELF_DYNAMIC, .stack = ELF_STACK_PLAIN,
		.has_textrel = true }, .want = REASON_TEXTREL },
	{ .name = "rwx = deny",
	    .rules = { ON, .deny_rwx = true },
	    .elf = { .kind = ELF_DYNAMIC, .stack = ELF_STACK_PLAIN,
		.has_rwx = true }, .want = REASON_RWX },
	{ .name = "except names a program",
	    .rules = { ON, .require_pie = true, .except = { except_words, 1 } },
	    .elf = { .kind = ELF_DYNAMIC, .stack = ELF_STACK_PLAIN }, .want = REASON_NONE },
	{ .name = "the loader of a program is no program",
	    .rules = { ON, .deny_ldso = true }, .elf = { .kind = ELF_LOADER }, .want = REASON_NONE,
	    .role = ROLE_LOADER },
	{ .name = "a script is no program",
	    .rules = { ON }, .elf = { .kind = ELF_NOT }, .want = REASON_NONE, .role = ROLE_SCRIPT },
	{ .name = "at ask what is pending is left to confirm",
	    .rules = { ON }, .elf = { 0 }, .want = REASON_NONE, .contents = CONTENTS_PENDING },
	{ .name = "at confirm nothing may be pending",
	    .rules = { ON }, .elf = { 0 }, .want = REASON_UNINSPECTED, .contents = CONTENTS_PENDING,
	    .is_loaded = true },
};
/* clang-format on */

static struct facts facts;

static struct verdict
judge(const struct row *row, enum contents contents)
{
	const struct policy policy = { .elf = row->rules };
	struct image *image = &facts.images[0];

	facts.n_images = 1;
	facts.is_loaded = row->is_loaded;
	image->role = row->role;
	image->name = NAME_VERIFIED;
	strcpy(image->path, "/usr/bin/node");
	image->holding.contents = contents;
	image->holding.elf = row->elf;
	return check_elf(&policy, &facts, image);
}

static void
row_test(void **state)
{
	const struct row *row = *state;
	enum contents contents = row->contents == CONTENTS_UNKNOWN
	                             ? CONTENTS_KNOWN
	                             : row->contents;
	struct verdict got = judge(row, contents);

	assert_int_equal(got.reason, row->want);
	if (row->want == REASON_NONE) {
		assert_int_equal(got.action, ACTION_ALLOW);
		return;
	}
	assert_int_equal(got.check, CHECK_ELF);
	assert_int_equal(got.action, ACTION_DENY);
	assert_int_equal(got.line, 7);
}

static void
unknown_test(void **state)
{
	static const struct row row = { .rules = { ON }, .elf = HEALTHY };

	(void)state;
	assert_int_equal(
	    judge(&row, CONTENTS_UNKNOWN).reason, REASON_UNINSPECTED);
}

int
main(void)
{
	struct CMUnitTest tests[LENGTH(rows) + 1];

	for (size_t i = 0; i < LENGTH(rows); i++)
		tests[i] = (struct CMUnitTest){
			.name = rows[i].name,
			.test_func = row_test,
			.initial_state = (void *)(uintptr_t)&rows[i],
		};
	tests[LENGTH(rows)] = (struct CMUnitTest){
		.name = "what could not be read is refused",
		.test_func = unknown_test,
	};
	return cmocka_run_group_tests_name("elf_check", tests, NULL, NULL);
}

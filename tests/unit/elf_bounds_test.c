/*
 * elf_bounds_test.c - whatever a file says, an answer comes, and soon.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/scope.h"
#include "elf_ask.h"

/* clang-format off */
static const struct picture pictures[] = {
	{ .segments = { TEXT, DATA, INTERP, DYNAMIC, STACK(RW) },
	    .entries = { NEEDED, SONAME }, .soname = "ld-linux.so.2" },
	{ .segments = { TEXT, DATA, INTERP, DYNAMIC, STACK(RW) },
	    .entries = { NEEDED, SONAME }, .soname = "ld-linux.so.2",
	    .is_32 = true },
	{ .segments = { TEXT, STACK(RW) }, .type = ET_EXEC },
};
/* clang-format on */

static void
no_length_can_do_harm(void **state UNUSED)
{
	uint8_t image[IMAGE_LEN];
	char line[LINE];

	for (size_t i = 0; i < LENGTH(pictures); i++) {
		size_t len = draw(&pictures[i], image);

		for (size_t cut = 0; cut < len; cut++) {
			struct teller teller = { .bytes = { image, cut } };

			ask(&teller, cut, line);
			if (cut < SELFMAG)
				assert_string_equal(line, "not");
			else if (cut < TABLE)
				assert_string_equal(line, "malformed");
		}
	}
}

/* Each byte of the headers, and each of PT_DYNAMIC, has each value. */
static void
no_byte_can_do_harm(void **state UNUSED)
{
	uint8_t image[IMAGE_LEN];
	char line[LINE];
	struct teller teller = { .bytes = { image, IMAGE_LEN } };

	for (size_t i = 0; i < 4 * 0x180; i++) {
		const size_t at = i % 2 * 0x1000 + i / 4;

		(void)draw(&pictures[i / 2 % 2], image);
		for (int value = 0; value < 256; value++) {
			image[at] = (uint8_t)value;
			ask(&teller, IMAGE_LEN, line);
		}
	}
}

/* As many headers as the kernel takes, and entries as we do, are bounded. */
static void
the_largest_tables(void **state UNUSED)
{
	static const struct elf_segment all = { PT_LOAD, RW, 0, 0, 0x40000,
		0x40000 };
	static const struct elf_segment first = { PT_DYNAMIC, RW, 0, 0x20000, 0,
		0 };
	static const struct elf_entry entry = { DT_NEEDED, 1 };
	static const struct elf_entry name = { DT_SONAME, 0 };
	static uint8_t image[0x40000];
	struct teller teller = { .bytes = { image, sizeof(image) } };
	struct picture picture = { .table = 0x333 };
	char line[LINE];

	put_segment(&first, false, image + 0x333);
	for (size_t i = 1; i < 1171; i++)
		put_segment(&all, false, image + 0x333 + i * 56);
	for (size_t i = 0; i < 4096; i++)
		put_entry(
		    i == 0 ? &name : &entry, false, image + 0x20000 + i * 16);
	put_header(&picture, 1170, image);
	ask(&teller, sizeof(image), line);
	assert_string_equal(line, "malformed"); /* no DT_NULL among 4096 */

	memset(image + 0x20000 + 4095 * 16, 0, 16);
	ask(&teller, sizeof(image), line);
	assert_string_equal(line, "library pie unset");

	put_header(&picture, 1171, image);
	ask(&teller, sizeof(image), line);
	assert_string_equal(line, "malformed");
	assert_true(teller.n_calls == 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_length_can_do_harm),
		cmocka_unit_test(no_byte_can_do_harm),
		cmocka_unit_test(the_largest_tables),
	};

	return cmocka_run_group_tests_name("elf_bounds", tests, NULL, NULL);
}

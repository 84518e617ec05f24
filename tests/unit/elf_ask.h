/*
 * elf_ask.h - asks elf_examine(), and tells its answer as a line: the kind,
 * then what the facts say.
 *
 * Test code.
 */
#ifndef EXECGUARD_ELF_ASK_H
#define EXECGUARD_ELF_ASK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#include "elf_image.h"
#include "policy/elf.h"

#define LINE (PATH_MAX + 64)

static inline size_t
draw(const struct picture *picture, uint8_t image[IMAGE_LEN])
{
	const size_t step = elf_read_segment_size(picture->is_32);
	uint16_t n = 0;

	memset(image, 0, IMAGE_LEN);
	memcpy(image + 0x800, "/ld", 4);
	for (; n < 8 && picture->segments[n].type != PT_NULL; n++)
		put_segment(&picture->segments[n], picture->is_32,
		    image + TABLE + n * step);
	put_header(picture, n, image);
	for (size_t i = 0; i < 8; i++)
		put_entry(&picture->entries[i], picture->is_32,
		    image + 0x1000 + i * elf_read_entry_size(picture->is_32));
	if (picture->soname != NULL)
		memcpy(image + 0x1801, picture->soname,
		    strlen(picture->soname) + 1);
	return OR(picture->len, IMAGE_LEN);
}

static inline void
tell(const struct elf_facts *facts, char line[LINE])
{
	static const char *const kinds[] = { "malformed", "not", "dynamic",
		"static", "loader", "library" };
	static const char *const stacks[] = { "everything", "executable",
		"unset", "plain" };
	static const struct elf_facts none;

	assert_int_equal(
	    elf_has_execstack(facts), facts->stack != ELF_STACK_PLAIN);
	assert_true(strnlen(facts->interp, PATH_MAX) < PATH_MAX);
	if (facts->kind == ELF_MALFORMED || facts->kind == ELF_NOT) {
		struct elf_facts rest = *facts;

		rest.kind = none.kind;
		assert_memory_equal(&rest, &none, sizeof(none));
		(void)snprintf(line, LINE, "%s", kinds[facts->kind]);
		return;
	}
	(void)snprintf(line, LINE, "%s%s%s %s%s%s%s%s", kinds[facts->kind],
	    facts->is_32 ? " 32" : "", facts->is_pie ? " pie" : "",
	    stacks[facts->stack], facts->has_textrel ? " textrel" : "",
	    facts->has_rwx ? " rwx" : "", facts->interp[0] ? " " : "",
	    facts->interp);
}

/* A source that counts, and fails at the call that is its last. */
struct teller {
	struct span bytes;
	size_t n_calls;
	size_t last;
	int fd; /* instead of bytes, unless it is 0 */
};

static inline bool
tell_read(void *context, uint64_t off, void *dst, size_t len)
{
	struct teller *teller = context;

	if (++teller->n_calls == teller->last)
		return false;
	if (teller->fd != 0)
		return pread(teller->fd, dst, len, (off_t)off) == (ssize_t)len;
	assert_true(span_copy(teller->bytes, off, dst, len));
	return true;
}

static inline void
ask(struct teller *teller, uint64_t size, char line[LINE])
{
	const struct elf_source source = { tell_read, teller, size };
	struct elf_facts facts;

	memset(&facts, 'U', sizeof(facts));
	teller->n_calls = 0;
	elf_examine(&source, &facts);
	assert_true(teller->n_calls <= ELF_READS_MAX);
	tell(&facts, line);
}

#endif

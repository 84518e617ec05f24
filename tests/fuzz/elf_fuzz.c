/*
 * elf_fuzz.c - bytes of anybody for elf_examine().
 */
#include "policy/elf.h"
#include "tests/fuzz/fuzz.h"

struct input {
	struct span bytes;
	size_t n_calls;
};

static bool
input_read(void *context, uint64_t off, void *dst, size_t len)
{
	struct input *input = context;

	input->n_calls++;
	insist(len > 0 && len <= PATH_MAX);
	insist(span_copy(input->bytes, off, dst, len));
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const struct elf_facts none;
	struct input input = { .bytes = { data, len } };
	const struct elf_source source = { input_read, &input, len };
	struct elf_facts facts;

	memset(&facts, 'U', sizeof(facts));
	elf_examine(&source, &facts);
	insist(input.n_calls <= ELF_READS_MAX);
	insist(strnlen(facts.interp, PATH_MAX) < PATH_MAX);
	insist(facts.kind != ELF_DYNAMIC || facts.interp[0] != '\0');
	insist(facts.kind != ELF_STATIC || facts.interp[0] == '\0');
	if (facts.kind == ELF_MALFORMED || facts.kind == ELF_NOT) {
		facts.kind = none.kind;
		insist(fuzz_same(&facts, &none, sizeof(none)));
	}
	return 0;
}

/*
 * craft - a copy of a program, but for one thing in its headers.  Rows L7, G4.
 *
 * usage: craft HOW FROM TO, where HOW is
 *
 *	unset       no PT_GNU_STACK
 *	exec        one that asks for an executable stack
 *	plain       one that does not
 *	exec-plain  two of them, in this order: the last one counts
 *	plain-exec  two, in that order
 *	rwx         a segment that is writable and executable
 *	dyn         ET_DYN
 *	empty       no segment at all
 *	far         program headers 512 GiB into the file
 */
#include "headers.h"

/* The i-th header of this type, or n. */
static size_t
find(const struct headers *in, uint32_t type, size_t from)
{
	size_t i = from;

	while (i < in->n && *headers_word(in, i, 0) != type)
		i++;
	return i;
}

static void
set(const struct headers *in, size_t i, uint32_t type, uint32_t flags)
{
	if (i >= in->n) {
		fputs("craft: a header is missing\n", stderr);
		exit(ATTACK_UNTRIED);
	}
	*headers_word(in, i, 0) = type;
	*headers_word(in, i, in->flags) = flags;
}

/* A note is nothing to the kernel: it becomes another stack. */
static void
two_stacks(const struct headers *in, uint32_t first, uint32_t last)
{
	size_t note = find(in, PT_NOTE, 0);
	size_t stack = find(in, PT_GNU_STACK, 0);

	set(in, note, PT_GNU_STACK, note < stack ? first : last);
	set(in, stack, PT_GNU_STACK, note < stack ? last : first);
}

static void
writable_code(const struct headers *in)
{
	for (size_t i = find(in, PT_LOAD, 0); i < in->n;
	     i = find(in, PT_LOAD, i + 1))
		if (*headers_word(in, i, in->flags) & PF_W)
			*headers_word(in, i, in->flags) |= PF_X;
}

static int
craft(const char *how, const struct headers *in)
{
	size_t stack = find(in, PT_GNU_STACK, 0);
	Elf64_Ehdr *wide = (void *)in->bytes;

	if (strcmp(how, "unset") == 0)
		set(in, stack, PT_NULL, 0);
	else if (strcmp(how, "exec") == 0)
		set(in, stack, PT_GNU_STACK, PF_R | PF_W | PF_X);
	else if (strcmp(how, "plain") == 0)
		set(in, stack, PT_GNU_STACK, PF_R | PF_W);
	else if (strcmp(how, "exec-plain") == 0)
		two_stacks(in, PF_R | PF_W | PF_X, PF_R | PF_W);
	else if (strcmp(how, "plain-exec") == 0)
		two_stacks(in, PF_R | PF_W, PF_R | PF_W | PF_X);
	else if (strcmp(how, "rwx") == 0)
		writable_code(in);
	else if (strcmp(how, "dyn") == 0)
		wide->e_type = ET_DYN; /* the same place in both classes */
	else if (strcmp(how, "empty") == 0)
		memset(in->bytes + in->table, 0, in->n * in->entry);
	else if (strcmp(how, "far") == 0)
		wide->e_phoff = UINT64_C(1) << 39;
	else
		return -1;
	return 0;
}

int
main(int argc, char **argv)
{
	struct headers in;

	if (argc != 4) {
		fputs("usage: craft HOW FROM TO\n", stderr);
		return ATTACK_UNTRIED;
	}
	headers_read(argv[2], &in);
	if (craft(argv[1], &in) < 0) {
		fprintf(stderr, "craft: %s?\n", argv[1]);
		return ATTACK_UNTRIED;
	}
	if (headers_write(&in, argv[3]) < 0) {
		perror(argv[3]);
		return ATTACK_UNTRIED;
	}
	return 0;
}

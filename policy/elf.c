/*
 * elf.c - what an ELF file is, and what the kernel will make of it.
 *
 * The kernel looks at less of a file than its format describes, and a reading
 * that trusts more of it can be lied to.  What load_elf_binary() does:
 *
 *  - Of e_ident it checks the magic number alone.  The layout of the headers
 *    follows from e_machine, never from EI_CLASS and EI_DATA.  No honest file
 *    differs there, so one that does is malformed here although it would run.
 *    So is x32, EM_X86_64 with 32 bits, which can be laid out to be loaded in
 *    either way; and EM_486, which the kernel takes for EM_386.
 *  - Refused: another e_type, another e_phentsize, no or more than 64 KiB of
 *    program headers, and headers that the file does not hold.  (Some kernels
 *    refuse more than a page of them; all are judged.)
 *  - The first PT_INTERP counts, the last PT_GNU_STACK, every PT_LOAD.
 *  - Refused: an interpreter of less than 2 or more than PATH_MAX bytes, one
 *    without a NUL at the end, an empty one.
 *  - Killed while it is loaded: a PT_LOAD whose file part is larger than its
 *    memory, one beyond the address space, or one whose offset does not agree
 *    with its address within a page.
 *  - Run: segments that overlap, that are not in order, or that reach beyond
 *    the end of the file (SIGBUS on touch).  They are judged as they are.
 *  - Run into the void: a file without any PT_LOAD.  Malformed here.
 *
 * The kernel has no use for PT_DYNAMIC.  The loader finds it in memory, by its
 * address; its offset and sizes in the file mean nothing to it.  A table that
 * is not in the file part of a segment, or has no end, is malformed here.
 *
 * The loader takes the program headers, too, from memory.  Where that memory
 * is not the table that the kernel read, it would see another file than the
 * kernel and we: malformed.
 */
#include "policy/elf.h"

#include <elf.h>

#include "policy/elf_read.h"

#define TABLE_MAX   65536U /* bytes of program headers; load_elf_phdrs() */
#define DYNAMIC_MAX 4096U  /* entries; the largest known have some hundreds */
#define NAME_LEN    16U    /* of a DT_SONAME: enough to know a loader */

/* What was seen besides the facts. */
struct seen {
	uint64_t table; /* where the program headers will be in memory */
	uint64_t dynamic;
	uint64_t strings;
	uint64_t name;
	bool has_load;
	bool has_interp;
	bool has_table;
	bool has_dynamic;
	bool has_name;
	bool has_loader_name;
	bool is_program; /* its linker meant it to be run */
	bool needs_libraries;
};

/* --- what the kernel sees --------------------------------------------------
 */

static bool
header_is_sound(const struct elf_file *file, const struct elf_header *header)
{
	const size_t size = elf_read_segment_size(header->is_32);
	const uint64_t len = (uint64_t)header->n_segments * size;

	switch (header->machine) {
	case EM_X86_64:
	case EM_AARCH64:
		if (header->is_32)
			return false;
		break;
	case EM_386:
	case EM_ARM:
		if (!header->is_32)
			return false;
		break;
	default:
		return false;
	}
	return (header->type == ET_EXEC || header->type == ET_DYN) &&
	       header->segment_size == size && len > 0 && len <= TABLE_MAX &&
	       elf_read_is_inside(file, header->table, len);
}

/* Whether the kernel would map it. */
static bool
load_is_sound(const struct elf_segment *load, bool is_32)
{
	/* The largest address space of any machine above: nothing wraps. */
	const uint64_t end = is_32 ? UINT64_C(1) << 32 : UINT64_C(1) << 56;

	if (load->file_len > load->memory_len || load->address >= end ||
	    load->memory_len > end - load->address)
		return false;
	if (load->file_len == 0)
		return true;
	return load->off % ELF_READ_PAGE == load->address % ELF_READ_PAGE &&
	       load->off <= INT64_MAX - load->file_len;
}

static bool
take_load(const struct elf_header *header, const struct elf_segment *load,
    struct elf_facts *out, struct seen *seen)
{
	if (!load_is_sound(load, header->is_32))
		return false;
	seen->has_load = true;
	if ((load->flags & PF_W) && (load->flags & PF_X))
		out->has_rwx = true;
	if (load->off <= header->table &&
	    header->table - load->off < load->file_len) {
		seen->has_table = true;
		seen->table = load->address + (header->table - load->off);
	}
	return true;
}

static bool
take_interp(struct elf_file *file, const struct elf_segment *interp,
    struct elf_facts *out)
{
	const struct elf_source *from = file->from;
	const uint64_t len = interp->file_len;

	if (len < 2 || len > sizeof(out->interp) ||
	    !elf_read_is_inside(file, interp->off, len) ||
	    !from->read(from->context, interp->off, out->interp, (size_t)len))
		return false;
	return out->interp[len - 1] == '\0' && out->interp[0] != '\0';
}

static bool
take_segment(struct elf_file *file, const struct elf_header *header, size_t i,
    struct elf_facts *out, struct seen *seen)
{
	struct elf_segment segment;

	if (!elf_read_segment(file, header, i, &segment))
		return false;
	switch (segment.type) {
	case PT_LOAD:
		return take_load(header, &segment, out, seen);
	case PT_INTERP:
		if (seen->has_interp)
			return true;
		seen->has_interp = true;
		return take_interp(file, &segment, out);
	case PT_GNU_STACK:
		out->stack = segment.flags & PF_X ? ELF_STACK_EXECUTABLE
		                                  : ELF_STACK_PLAIN;
		return true;
	case PT_DYNAMIC: /* loaders take the last one */
		seen->has_dynamic = true;
		seen->dynamic = segment.address;
		return true;
	default:
		return true;
	}
}

static bool
walk_segments(struct elf_file *file, const struct elf_header *header,
    struct elf_facts *out, struct seen *seen)
{
	out->stack = header->is_32 ? ELF_STACK_EVERYTHING : ELF_STACK_UNSET;
	for (size_t i = 0; i < header->n_segments; i++)
		if (!take_segment(file, header, i, out, seen))
			return false;
	return seen->has_load;
}

/* --- what the loader sees --------------------------------------------------
 */

/*
 * Whether the program headers in memory are those in the file.  A static
 * program may do without any in memory.
 */
static bool
table_is_mapped(struct elf_file *file, const struct elf_header *header,
    const struct seen *seen)
{
	const uint64_t len = (uint64_t)header->n_segments *
	                     elf_read_segment_size(header->is_32);
	struct elf_memory memory;

	if (!seen->has_table)
		return !seen->has_interp;
	return elf_read_find(file, header, seen->table, &memory) &&
	       memory.off == header->table && memory.len >= len;
}

static void
take_entry(
    const struct elf_entry *entry, struct elf_facts *out, struct seen *seen)
{
	switch (entry->tag) {
	case DT_TEXTREL:
		out->has_textrel = true;
		break;
	case DT_FLAGS:
		if (entry->value & DF_TEXTREL)
			out->has_textrel = true;
		break;
	case DT_FLAGS_1:
		if (entry->value & DF_1_PIE)
			seen->is_program = true;
		break;
	case DT_DEBUG: /* linkers write it into programs only */
		seen->is_program = true;
		break;
	case DT_NEEDED:
		seen->needs_libraries = true;
		break;
	case DT_STRTAB:
		seen->strings = entry->value;
		break;
	case DT_SONAME:
		seen->has_name = true;
		seen->name = entry->value;
		break;
	default:
		break;
	}
}

/* All entries up to DT_NULL, wherever the headers say that they end. */
static bool
walk_dynamic(struct elf_file *file, const struct elf_header *header,
    struct elf_facts *out, struct seen *seen)
{
	const size_t size = elf_read_entry_size(header->is_32);
	struct elf_memory memory;

	if (!elf_read_find(file, header, seen->dynamic, &memory))
		return false;
	for (size_t i = 0; i < DYNAMIC_MAX; i++) {
		struct elf_entry entry;

		if (memory.len < (i + 1) * size ||
		    !elf_read_entry(
			file, header->is_32, memory.off + i * size, &entry))
			return false;
		if (entry.tag == DT_NULL)
			return true;
		take_entry(&entry, out, seen);
	}
	return false;
}

static bool
is_loader_name(const char name[NAME_LEN])
{
	/* glibc and uClibc; glibc on some machines; musl of some systems. */
	static const char *const beginnings[] = { "ld-", "ld.so", "ld64.so",
		"libc.musl-" };

	for (size_t i = 0; i < sizeof(beginnings) / sizeof(beginnings[0]); i++)
		if (strncmp(name, beginnings[i], strlen(beginnings[i])) == 0)
			return true;
	return false;
}

static bool
read_name(
    struct elf_file *file, const struct elf_header *header, struct seen *seen)
{
	char name[NAME_LEN] = "";
	struct elf_memory memory;

	if (!elf_read_find(file, header, seen->strings + seen->name, &memory))
		return false;
	if (memory.len > sizeof(name))
		memory.len = sizeof(name);
	if (!elf_read_bytes(file, memory.off, name, (size_t)memory.len))
		return false;
	seen->has_loader_name = is_loader_name(name);
	return true;
}

/* --- the answer ------------------------------------------------------------
 */

/*
 * ET_DYN is a program or a shared object.  Linkers mark a program by DF_1_PIE,
 * and have always done so by DT_DEBUG; a loader is known by its DT_SONAME.
 * musl's libc has none where it is built as its authors build it: it has a
 * start of its own, needs nobody, and was not meant to be a program.
 */
static enum elf_kind
kind_of(const struct elf_header *header, const struct seen *seen)
{
	const enum elf_kind program = seen->has_interp ? ELF_DYNAMIC
	                                               : ELF_STATIC;

	if (header->type == ET_EXEC || !seen->has_dynamic)
		return program;
	if (seen->has_loader_name)
		return ELF_LOADER;
	if (seen->is_program)
		return program;
	if (seen->has_name)
		return ELF_LIBRARY;
	if (seen->has_interp)
		return program;
	if (seen->needs_libraries || header->start == 0)
		return ELF_LIBRARY;
	return ELF_LOADER;
}

static bool
judge(struct elf_file *file, struct elf_facts *out)
{
	struct elf_header header;
	struct seen seen = { 0 };

	if (!elf_read_header(file, &header) ||
	    !header_is_sound(file, &header) ||
	    !walk_segments(file, &header, out, &seen) ||
	    !table_is_mapped(file, &header, &seen))
		return false;
	if (seen.has_dynamic && !walk_dynamic(file, &header, out, &seen))
		return false;
	if (seen.has_name && !read_name(file, &header, &seen))
		return false;
	out->is_32 = header.is_32;
	out->is_pie = header.type == ET_DYN;
	out->kind = kind_of(&header, &seen);
	return true;
}

void
elf_examine(const struct elf_source *from, struct elf_facts *out)
{
	struct elf_file file = { .from = from };
	char magic[SELFMAG];

	memset(out, 0, sizeof(*out));
	if (from->size < sizeof(magic)) {
		out->kind = ELF_NOT;
		return;
	}
	if (!elf_read_bytes(&file, 0, magic, sizeof(magic)))
		return;
	if (memcmp(magic, ELFMAG, SELFMAG) != 0)
		out->kind = ELF_NOT;
	else if (!judge(&file, out))
		memset(out, 0, sizeof(*out));
}

static bool
read_span(void *context, uint64_t off, void *dst, size_t len)
{
	const struct span *bytes = context;

	return span_copy(*bytes, off, dst, len);
}

struct elf_source
elf_source_of(const struct span *bytes)
{
	return (struct elf_source){ read_span, (void *)(uintptr_t)bytes,
		bytes->len };
}

/*
 * elf_read.c - the parts of an ELF file, whatever its class, and where in the
 * file its memory comes from.
 */
#include "policy/elf_read.h"

#include <elf.h>

#define HOST_DATA                                                              \
	(__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? ELFDATA2MSB : ELFDATA2LSB)

_Static_assert(sizeof(Elf32_Phdr) == 32 && sizeof(Elf64_Phdr) == 56 &&
		   sizeof(Elf32_Dyn) == 8 && sizeof(Elf64_Dyn) == 16,
    "the sizes that elf_read.h gives");

/* Read the window that begins at off. */
static bool
slide(struct elf_file *file, uint64_t off)
{
	const struct elf_source *from = file->from;
	const uint64_t left = from->size - off;
	const size_t len = left < ELF_READ_WINDOW ? (size_t)left
	                                          : ELF_READ_WINDOW;

	file->window_len = 0;
	if (!from->read(from->context, off, file->window, len))
		return false;
	file->window_at = off;
	file->window_len = len;
	return true;
}

bool
elf_read_bytes(struct elf_file *file, uint64_t off, void *out, size_t len)
{
	const struct span window = { file->window, file->window_len };

	if (!elf_read_is_inside(file, off, len))
		return false;
	if (off >= file->window_at &&
	    span_copy(window, off - file->window_at, out, len))
		return true;
	return slide(file, off) &&
	       span_copy((struct span){ file->window, file->window_len }, 0,
		   out, len);
}

bool
elf_read_header(struct elf_file *file, struct elf_header *out)
{
	unsigned char ident[EI_NIDENT];
	Elf32_Ehdr narrow;
	Elf64_Ehdr wide;

	if (!elf_read_bytes(file, 0, ident, sizeof(ident)) ||
	    ident[EI_DATA] != HOST_DATA)
		return false;
	switch (ident[EI_CLASS]) {
	case ELFCLASS32:
		if (!elf_read_bytes(file, 0, &narrow, sizeof(narrow)))
			return false;
		*out = (struct elf_header){ true, narrow.e_type,
			narrow.e_machine, narrow.e_phentsize, narrow.e_phnum,
			narrow.e_phoff, narrow.e_entry };
		return true;
	case ELFCLASS64:
		if (!elf_read_bytes(file, 0, &wide, sizeof(wide)))
			return false;
		*out = (struct elf_header){ false, wide.e_type, wide.e_machine,
			wide.e_phentsize, wide.e_phnum, wide.e_phoff,
			wide.e_entry };
		return true;
	default:
		return false;
	}
}

bool
elf_read_segment(struct elf_file *file, const struct elf_header *header,
    size_t i, struct elf_segment *out)
{
	const uint64_t off = header->table +
	                     i * elf_read_segment_size(header->is_32);
	Elf32_Phdr narrow;
	Elf64_Phdr wide;

	if (header->is_32) {
		if (!elf_read_bytes(file, off, &narrow, sizeof(narrow)))
			return false;
		*out = (struct elf_segment){ narrow.p_type, narrow.p_flags,
			narrow.p_offset, narrow.p_vaddr, narrow.p_filesz,
			narrow.p_memsz };
		return true;
	}
	if (!elf_read_bytes(file, off, &wide, sizeof(wide)))
		return false;
	*out = (struct elf_segment){ wide.p_type, wide.p_flags, wide.p_offset,
		wide.p_vaddr, wide.p_filesz, wide.p_memsz };
	return true;
}

bool
elf_read_entry(
    struct elf_file *file, bool is_32, uint64_t off, struct elf_entry *out)
{
	Elf32_Dyn narrow;
	Elf64_Dyn wide;

	if (is_32) {
		if (!elf_read_bytes(file, off, &narrow, sizeof(narrow)))
			return false;
		*out = (struct elf_entry){ (uint32_t)narrow.d_tag,
			narrow.d_un.d_val };
		return true;
	}
	if (!elf_read_bytes(file, off, &wide, sizeof(wide)))
		return false;
	*out = (struct elf_entry){ (uint64_t)wide.d_tag, wide.d_un.d_val };
	return true;
}

/*
 * What load leaves of what is known of address.  Segments are mapped in their
 * order and in whole pages, each over what was there before: the last one that
 * touches the page counts, and a later one ends what an earlier one holds.
 */
static void
map_over(
    const struct elf_segment *load, uint64_t address, struct elf_memory *found)
{
	const uint64_t page = ELF_READ_PAGE;
	const uint64_t begin = load->address / page * page;
	const uint64_t end = (load->address + load->memory_len + page - 1) /
	                     page * page;
	const uint64_t skip = address - load->address;

	if (load->memory_len == 0 || address >= end)
		return;
	if (address < begin) {
		if (found->len > begin - address)
			found->len = begin - address;
		return;
	}
	*found = (struct elf_memory){ 0 };
	if (address >= load->address && skip < load->file_len)
		*found = (struct elf_memory){ load->off + skip,
			load->file_len - skip };
}

bool
elf_read_find(struct elf_file *file, const struct elf_header *header,
    uint64_t address, struct elf_memory *out)
{
	struct elf_memory found = { 0 };

	for (size_t i = 0; i < header->n_segments; i++) {
		struct elf_segment segment;

		if (!elf_read_segment(file, header, i, &segment))
			return false;
		if (segment.type == PT_LOAD)
			map_over(&segment, address, &found);
	}
	if (found.len == 0)
		return false;
	*out = found;
	return true;
}

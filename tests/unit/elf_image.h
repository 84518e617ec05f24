/*
 * elf_image.h - ELF files in few words, for the table of elf_test.c.
 *
 * Test code.  A file of IMAGE_LEN bytes: headers, the text "/ld" at 0x800,
 * PT_DYNAMIC at 0x1000 and its strings at 0x1800.  What a picture leaves out
 * (zero) is as an honest file has it.
 */
#ifndef EXECGUARD_ELF_IMAGE_H
#define EXECGUARD_ELF_IMAGE_H

#include <elf.h>
#include <stdio.h>

#include "policy/elf_read.h"

#define IMAGE_LEN 0x2000U
#define TABLE     0x40U
#define RW        (PF_R | PF_W)
#define RX        (PF_R | PF_X)
#define RWX       (PF_R | PF_W | PF_X)

/* clang-format off */
#define TEXT     { PT_LOAD, RX, 0, 0, 0x1000, 0x1000 }
#define DATA     { PT_LOAD, RW, 0x1000, 0x2000, 0x1000, 0x1800 }
#define INTERP   { PT_INTERP, PF_R, 0x800, 0x800, 4, 4 }
#define DYNAMIC  { PT_DYNAMIC, RW, 0x1000, 0x2000, 0x100, 0x100 }
#define STACK(p) { PT_GNU_STACK, p, 0, 0, 0, 0 }
#define PIE      { DT_FLAGS_1, DF_1_PIE }
#define SONAME   { DT_STRTAB, 0x2800 }, { DT_SONAME, 1 }
#define NEEDED   { DT_NEEDED, 1 }
/* clang-format on */

struct picture {
	bool is_32;
	bool has_no_start;
	uint8_t class;
	uint8_t data;
	uint16_t type;
	uint16_t machine;
	uint16_t segment_size;
	uint16_t n_segments;
	uint64_t table;
	size_t len;
	const char *soname;
	struct elf_segment segments[8];
	struct elf_entry entries[8];
};

#define OR(value, otherwise) ((value) != 0 ? (value) : (otherwise))

static inline void
put_segment(const struct elf_segment *from, bool is_32, uint8_t *at)
{
	const Elf32_Phdr narrow = { from->type, (uint32_t)from->off,
		(uint32_t)from->address, 0, (uint32_t)from->file_len,
		(uint32_t)from->memory_len, from->flags, 0 };
	const Elf64_Phdr wide = { from->type, from->flags, from->off,
		from->address, 0, from->file_len, from->memory_len, 0 };

	if (is_32)
		memcpy(at, &narrow, sizeof(narrow));
	else
		memcpy(at, &wide, sizeof(wide));
}

static inline void
put_entry(const struct elf_entry *from, bool is_32, uint8_t *at)
{
	const Elf32_Dyn narrow = { (Elf32_Sword)from->tag,
		{ (uint32_t)from->value } };
	const Elf64_Dyn wide = { (Elf64_Sxword)from->tag, { from->value } };

	if (is_32)
		memcpy(at, &narrow, sizeof(narrow));
	else
		memcpy(at, &wide, sizeof(wide));
}

static inline void
put_header(const struct picture *from, uint16_t n, uint8_t *at)
{
	Elf64_Ehdr wide = { .e_type = OR(from->type, ET_DYN),
		.e_machine = OR(
		    from->machine, from->is_32 ? EM_386 : EM_X86_64),
		.e_entry = from->has_no_start ? 0 : 0x100,
		.e_phoff = OR(from->table, TABLE),
		.e_phentsize = OR(from->segment_size,
		    (uint16_t)elf_read_segment_size(from->is_32)),
		.e_phnum = OR(from->n_segments, n) };
	Elf32_Ehdr narrow = { .e_type = wide.e_type,
		.e_machine = wide.e_machine,
		.e_entry = (uint32_t)wide.e_entry,
		.e_phoff = (uint32_t)wide.e_phoff,
		.e_phentsize = wide.e_phentsize,
		.e_phnum = wide.e_phnum };

	memcpy(wide.e_ident, ELFMAG, SELFMAG);
	wide.e_ident[EI_CLASS] = OR(
	    from->class, from->is_32 ? ELFCLASS32 : ELFCLASS64);
	wide.e_ident[EI_DATA] = OR(from->data, ELFDATA2LSB);
	memcpy(narrow.e_ident, wide.e_ident, EI_NIDENT);
	if (from->is_32)
		memcpy(at, &narrow, sizeof(narrow));
	else
		memcpy(at, &wide, sizeof(wide));
}

#endif

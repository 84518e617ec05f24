/*
 * elf_read.h - the parts of an ELF file, whatever its class, and where in the
 * file its memory comes from.  For elf.c alone.
 *
 * Floor 1a, pure.
 */
#ifndef EXECGUARD_ELF_READ_H
#define EXECGUARD_ELF_READ_H

#include "policy/elf.h"

#define ELF_READ_WINDOW 1024U /* most files have all their headers in one */
#define ELF_READ_PAGE   4096U /* the smallest: larger ones are multiples */

/* The file, and the piece of it that was read last. */
struct elf_file {
	const struct elf_source *from;
	uint64_t window_at;
	size_t window_len;
	uint8_t window[ELF_READ_WINDOW];
};

struct elf_header {
	bool is_32;
	uint16_t type;
	uint16_t machine;
	uint16_t segment_size;
	uint16_t n_segments;
	uint64_t table; /* of segments: its offset in the file */
	uint64_t start;
};

struct elf_segment {
	uint32_t type;
	uint32_t flags;
	uint64_t off;
	uint64_t address;
	uint64_t file_len;
	uint64_t memory_len;
};

/* One line of PT_DYNAMIC. */
struct elf_entry {
	uint64_t tag;
	uint64_t value;
};

/* What is at an address once the file is loaded. */
struct elf_memory {
	uint64_t off; /* in the file */
	uint64_t len; /* how much follows there, never 0 */
};

static inline size_t
elf_read_segment_size(bool is_32)
{
	return is_32 ? 32 : 56;
}

static inline size_t
elf_read_entry_size(bool is_32)
{
	return is_32 ? 8 : 16;
}

static inline bool
elf_read_is_inside(const struct elf_file *file, uint64_t off, uint64_t len)
{
	return off <= file->from->size && len <= file->from->size - off;
}

/*
 * Each returns false, and leaves *out as it was, when the file ends before or
 * cannot be read.  bytes: at most ELF_READ_WINDOW of them.
 */
bool elf_read_bytes(struct elf_file *file, uint64_t off, void *out, size_t len);
bool elf_read_header(struct elf_file *file, struct elf_header *out);
bool elf_read_segment(struct elf_file *file, const struct elf_header *header,
    size_t i, struct elf_segment *out);
bool elf_read_entry(
    struct elf_file *file, bool is_32, uint64_t off, struct elf_entry *out);

/*
 * Where in the file the byte lies that will be in memory at address.  False too
 * when that byte comes from no file.
 */
bool elf_read_find(struct elf_file *file, const struct elf_header *header,
    uint64_t address, struct elf_memory *out);

#endif

/*
 * headers.h - the headers of an ELF file in memory, to be made worse.
 */
#ifndef EXECGUARD_HEADERS_H
#define EXECGUARD_HEADERS_H

#include <elf.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>

#include "attack.h"

struct headers {
	char *bytes; /* the whole file */
	size_t size;
	size_t table; /* where the program headers begin */
	size_t entry; /* how long one is */
	size_t n;
	size_t flags; /* where in one its p_flags are */
};

static inline void
headers_read(const char *path, struct headers *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	const Elf32_Ehdr *narrow;
	const Elf64_Ehdr *wide;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0 ||
	    (out->bytes = malloc((size_t)st.st_size)) == NULL ||
	    read(fd, out->bytes, (size_t)st.st_size) != st.st_size) {
		perror(path);
		exit(ATTACK_UNTRIED);
	}
	(void)close(fd);
	out->size = (size_t)st.st_size;
	narrow = (const void *)out->bytes;
	wide = (const void *)out->bytes;
	if (out->bytes[EI_CLASS] == ELFCLASS32) {
		out->table = narrow->e_phoff;
		out->entry = narrow->e_phentsize;
		out->n = narrow->e_phnum;
		out->flags = offsetof(Elf32_Phdr, p_flags);
	} else {
		out->table = wide->e_phoff;
		out->entry = wide->e_phentsize;
		out->n = wide->e_phnum;
		out->flags = offsetof(Elf64_Phdr, p_flags);
	}
}

/* The word at off of the i-th program header. */
static inline uint32_t *
headers_word(const struct headers *of, size_t i, size_t off)
{
	return (void *)(of->bytes + of->table + i * of->entry + off);
}

/* Make path an executable file of these bytes. */
static inline int
headers_write(const struct headers *from, const char *path)
{
	int fd, r;

	(void)unlink(path);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
	if (fd < 0)
		return -1;
	r = write(fd, from->bytes, from->size) == (ssize_t)from->size ? 0 : -1;
	(void)close(fd);
	return r;
}

#endif

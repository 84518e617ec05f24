#include "guardd/kernel/auxv.h"

#include <elf.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>

#include "common/io.h"
#include "guardd/kernel/proc.h"

/* AT_VECTOR_SIZE is some sixty words. */
#define VECTOR_MAX 1024

/*
 * The kernel puts it below the strings of the arguments, and between the two a
 * random gap of up to 8 KiB (arch_align_stack() on x86), the platform's name
 * and 16 random bytes (fs/binfmt_elf.c, create_elf_tables()).
 */
#define WINDOW       (16 * 1024)
#define WINDOW_LEAST 1024

#define KEYS_MAX 128 /* no key is larger: linux/auxvec.h */

/* The vector as the kernel saved it: the very bytes that are on the stack. */
struct vector {
	uint8_t bytes[VECTOR_MAX];
	size_t len;  /* with the AT_NULL that ends it */
	size_t word; /* of the image's ABI: 4 or 8 bytes */
};

static uint64_t
word_at(const struct vector *v, size_t at)
{
	uint64_t value = 0;

	/* Little-endian, as every ABI that we know. */
	memcpy(&value, v->bytes + at, v->word);
	return value;
}

/* Whether the n bytes read as a vector of such words; sets len then. */
static bool
reads_as(struct vector *v, size_t n, size_t word)
{
	v->word = word;
	for (size_t at = 0; at + 2 * word <= n; at += 2 * word) {
		uint64_t key = word_at(v, at);

		if (key > KEYS_MAX)
			return false;
		if (key == AT_NULL) {
			v->len = at + 2 * word;
			return at > 0;
		}
	}
	return false;
}

static int
read_vector(int proc, pid_t pid, struct vector *out)
{
	char name[32];
	ssize_t n;

	(void)snprintf(name, sizeof(name), "%d/auxv", (int)pid);
	n = io_read_text(proc, name, (char *)out->bytes, sizeof(out->bytes));
	if (n < 0)
		return (int)n;
	/* Read as 64-bit words, a 32-bit vector has keys that no vector has. */
	return reads_as(out, (size_t)n, 8) || reads_as(out, (size_t)n, 4)
	           ? 0
	           : -ENOENT;
}

/* The len bytes that end at end.  A stack may be smaller than the window. */
static bool
read_below(pid_t pid, uint64_t end, uint8_t *dst, size_t len)
{
	struct iovec here = { dst, len };
	struct iovec there = { (void *)(uintptr_t)(end - len), len };

	return len <= end &&
	       process_vm_readv(pid, &here, 1, &there, 1, 0) == (ssize_t)len;
}

/* Where it lies in the tracee; 0: it was not found. */
static uint64_t
find_vector(int proc, pid_t pid, const struct vector *v)
{
	static uint8_t window[WINDOW];
	uint64_t end = proc_arguments(proc, pid);

	for (size_t len = WINDOW; len >= WINDOW_LEAST; len /= 2) {
		const uint8_t *found;

		if (!read_below(pid, end, window, len))
			continue;
		found = memmem(window, len, v->bytes, v->len);
		return found == NULL ? 0
		                     : end - len + (uint64_t)(found - window);
	}
	return 0;
}

static void
set_word(struct vector *v, size_t at, uint64_t value)
{
	memcpy(v->bytes + at, &value, v->word);
}

/* Returns whether AT_SECURE was there, as it always is. */
static bool
edit(struct vector *v, const struct auxv_change *change)
{
	bool has_secure = false;

	for (size_t at = 0; at < v->len; at += 2 * v->word) {
		uint64_t key = word_at(v, at);

		if (key == AT_SECURE) {
			has_secure = true;
			if (change->secure)
				set_word(v, at + v->word, 1);
		} else if (change->hide_vdso &&
			   (key == AT_SYSINFO || key == AT_SYSINFO_EHDR))
			set_word(v, at, AT_IGNORE);
	}
	return has_secure;
}

int
auxv_change(int proc, pid_t pid, const struct auxv_change *change)
{
	struct vector v;
	struct iovec here = { v.bytes, 0 };
	struct iovec there = { 0 };
	uint64_t at;
	int r = read_vector(proc, pid, &v);

	if (r < 0)
		return r;
	at = find_vector(proc, pid, &v);
	if (at == 0 || !edit(&v, change))
		return -ENOENT;
	here.iov_len = there.iov_len = v.len;
	there.iov_base = (void *)(uintptr_t)at;
	if (process_vm_writev(pid, &here, 1, &there, 1, 0) != (ssize_t)v.len)
		return -ESRCH;
	return 0;
}

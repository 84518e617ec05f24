#include "inspector/examine.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

struct file {
	int fd;
	int error; /* the first that reading it met */
};

/* elf_source's: what cannot be read is remembered, and is no answer. */
static bool
read_at(void *context, uint64_t off, void *dst, size_t len)
{
	struct file *file = context;
	size_t done = 0;

	while (done < len) {
		ssize_t n = pread(file->fd, (char *)dst + done, len - done,
		    (off_t)(off + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			file->error = n < 0 ? errno : ESTALE;
			return false;
		}
		done += (size_t)n;
	}
	return true;
}

static void
take_elf(const struct elf_facts *facts, struct inspection *out)
{
	out->kind = facts->kind;
	out->stack = facts->stack;
	out->is_32 = facts->is_32;
	out->is_pie = facts->is_pie;
	out->has_textrel = facts->has_textrel;
	out->has_rwx = facts->has_rwx;
	if (strlen(facts->interp) < sizeof(out->loader))
		memcpy(out->loader, facts->interp, strlen(facts->interp) + 1);
}

void
examine_head(int fd, uint64_t size, struct inspection *out)
{
	static struct elf_facts facts;
	struct file file = { fd, 0 };
	const struct elf_source source = { read_at, &file, size };
	uint8_t head[SHEBANG_MAX] = { 0 };
	size_t len = size < sizeof(head) ? (size_t)size : sizeof(head);

	if (read_at(&file, 0, head, len)) {
		out->shebang = shebang_interpreter(
		    (struct span){ head, len }, out->interpreter);
		elf_examine(&source, &facts);
		take_elf(&facts, out);
	}
	out->error = file.error;
}

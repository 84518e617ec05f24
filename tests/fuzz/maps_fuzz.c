/*
 * maps_fuzz.c - any text for maps_read(), and lines as the kernel writes them
 * with numbers and paths from the input.
 */
#include <errno.h>
#include <stdio.h>
#include <sys/sysmacros.h>

#include "guardd/kernel/maps.h"
#include "tests/fuzz/fuzz.h"

#define LINE_ROOM 512

static void
any_text(struct span bytes)
{
	SCOPED(text_release) char *text = fuzz_text(bytes);
	const char *end = text + bytes.len;
	struct maps maps;
	int r = maps_read(text, &maps);

	insist(r == 0 || r == -E2BIG || r == -EIO);
	if (r < 0)
		return;
	insist(maps.n <= MAPS_MAX);
	for (size_t i = 0; i < maps.n; i++) {
		const struct mapping *m = &maps.at[i];

		insist(m->dev != 0 || m->ino != 0);
		insist(m->path > text && m->path <= end);
		insist(strchr(m->path, '\n') == NULL);
		insist(i == 0 || m[0].path > m[-1].path);
	}
}

/* What fs/proc/task_mmu.c, show_map_vma(), puts in front of a path. */
static int
write_line(char *to, const struct mapping *m)
{
	return snprintf(to, LINE_ROOM,
	    "%08llx-%08llx r-xp %08llx %02x:%02x %llu",
	    (unsigned long long)m->start, (unsigned long long)m->end, 0x1000ULL,
	    major(m->dev), minor(m->dev), (unsigned long long)m->ino);
}

/* A path of the input: no NUL, and a newline as the kernel escapes it. */
static size_t
write_path(struct span *from, char *to)
{
	size_t len = fuzz_number(from, 1) % 100, n = 0;

	to[n++] = '/';
	for (size_t i = 0; i < len; i++) {
		char byte = (char)fuzz_number(from, 1);

		if (byte == '\n')
			n += (size_t)sprintf(to + n, "\\012");
		else if (byte != '\0')
			to[n++] = byte;
	}
	to[n] = '\0';
	return n;
}

static void
written(struct span from)
{
	SCOPED(text_release) char *text = malloc(8 * 2 * LINE_ROOM);
	struct mapping want[8];
	char paths[8][LINE_ROOM];
	struct maps maps;
	size_t n = 0, len = 0;

	insist(text != NULL);
	text[0] = '\0';
	while (n < LENGTH(want) && from.len > 0) {
		struct mapping *m = &want[n];

		*m = (struct mapping){ .start = fuzz_number(&from, 8),
			.end = fuzz_number(&from, 8),
			.ino = fuzz_number(&from, 8) };
		/* The kernel's devices have 12 bits and 20. */
		m->dev = makedev((unsigned)fuzz_number(&from, 2) & 0xfff,
		    (unsigned)fuzz_number(&from, 3) & 0xfffff);
		if (m->dev == 0 && m->ino == 0)
			m->ino = 1;
		(void)write_path(&from, paths[n]);
		len += (size_t)write_line(text + len, m);
		len += (size_t)sprintf(text + len, " %*s%s\n",
		    (int)fuzz_number(&from, 1) % 30, "", paths[n++]);
	}
	insist(maps_read(text, &maps) == 0 && maps.n == n);
	insist(maps.stack_end == 0);
	for (size_t i = 0; i < n; i++) {
		const struct mapping *m = &maps.at[i];

		insist(m->start == want[i].start && m->end == want[i].end);
		insist(m->dev == want[i].dev && m->ino == want[i].ino);
		insist(strcmp(m->path, paths[i]) == 0);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	any_text((struct span){ data, len });
	written((struct span){ data, len });
	return 0;
}

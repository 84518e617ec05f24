#include "policy/manifest.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "policy/tagged.h"

static const char no_memory[] = "out of memory";

/* What a record begins with; its digest, its path and a NUL follow. */
struct head {
	uint32_t line;
	uint16_t file; /* in m->files */
	uint8_t algorithm;
} __attribute__((packed));

#define SLOTS_MIN 64

/* FNV-1a.  The paths are an administrator's: nobody else picks them. */
static uint32_t
hash(const char *path)
{
	uint32_t value = 2166136261U;

	for (; *path != '\0'; path++)
		value = (value ^ (uint8_t)*path) * 16777619U;
	return value;
}

/* The record at off, which is behind the one before it.  Returns its end. */
static size_t
read_record(const struct manifest *m, size_t off, struct manifest_entry *out)
{
	struct head head;
	size_t size;

	memcpy(&head, m->records + off, sizeof(head));
	size = algorithm_size((enum digest_algorithm)head.algorithm);
	off += sizeof(head);
	*out = (struct manifest_entry){
		.path = (const char *)m->records + off + size,
		.algorithm = (enum digest_algorithm)head.algorithm,
		.digest = m->records + off,
		.file = m->files[head.file],
		.line = head.line,
	};
	return off + size + strlen(out->path) + 1;
}

/* --- the slots -------------------------------------------------------------
 * Open addressing: the records of a path are in the slots from its hash on,
 * before the first that is free.  At least a quarter is.
 */

/* The next record of path, from *slot on.  None: false, and *slot is free. */
static bool
next_of_path(const struct manifest *m, const char *path, size_t *slot,
    struct manifest_entry *out)
{
	for (; m->slots[*slot] != 0; *slot = (*slot + 1) & (m->n_slots - 1)) {
		struct manifest_entry entry;

		(void)read_record(m, m->slots[*slot] - 1, &entry);
		if (strcmp(entry.path, path) == 0) {
			*out = entry;
			return true;
		}
	}
	return false;
}

static size_t
first_slot(const struct manifest *m, const char *path)
{
	return hash(path) & (m->n_slots - 1);
}

static size_t
slot_after(const struct manifest *m, size_t slot)
{
	return (slot + 1) & (m->n_slots - 1);
}

/* Make room for one more slot. */
static int
grow_slots(struct manifest *m)
{
	struct manifest_entry entry;
	uint32_t *slots;
	size_t n_slots = m->n_slots > 0 ? 2 * m->n_slots : SLOTS_MIN;

	if (m->n + 1 <= m->n_slots / 4 * 3)
		return 0;
	slots = calloc(n_slots, sizeof(*slots));
	if (slots == NULL)
		return -ENOMEM;
	free(m->slots);
	m->slots = slots;
	m->n_slots = n_slots;
	for (size_t off = 0, end; off < m->n_bytes; off = end) {
		size_t slot;

		end = read_record(m, off, &entry);
		slot = first_slot(m, entry.path);
		while (m->slots[slot] != 0)
			slot = slot_after(m, slot);
		m->slots[slot] = (uint32_t)off + 1;
	}
	return 0;
}

/* --- adding ------------------------------------------------------------------
 */

/* What is being added. */
struct adding {
	struct manifest *m;
	uint16_t file; /* in m->files */
	bool weak;
	struct manifest_error *out;
};

static int
refuse(const struct adding *a, unsigned line, const char *what, int error)
{
	*a->out = (struct manifest_error){ .line = line, .what = what };
	return error;
}

/* Make room for len more bytes of records. */
static int
grow_records(struct manifest *m, size_t len)
{
	size_t room = m->room + m->room / 2 + 4096 + len;
	uint8_t *records;

	if (m->room - m->n_bytes >= len)
		return 0;
	if (room >= UINT32_MAX)
		return -ENOMEM; /* a slot could not name what lies there */
	records = realloc(m->records, room);
	if (records == NULL)
		return -ENOMEM;
	m->records = records;
	m->room = room;
	return 0;
}

static int
append(const struct adding *a, unsigned line, const struct tagged *tagged,
    size_t slot)
{
	struct manifest *m = a->m;
	const struct head head = { line, a->file, (uint8_t)tagged->algorithm };
	const size_t size = algorithm_size(tagged->algorithm);
	int r = grow_records(m, sizeof(head) + size + tagged->path_len + 1);
	uint8_t *at;

	if (r < 0)
		return r;
	at = m->records + m->n_bytes;
	memcpy(at, &head, sizeof(head));
	at += sizeof(head);
	memcpy(at, tagged->digest, size);
	at += size;
	memcpy(at, tagged->path, tagged->path_len + 1);
	at += tagged->path_len + 1;
	m->slots[slot] = (uint32_t)m->n_bytes + 1;
	m->n_bytes = (size_t)(at - m->records);
	m->n++;
	return 0;
}

static int
insert(const struct adding *a, unsigned line, const struct tagged *tagged)
{
	struct manifest *m = a->m;
	struct manifest_entry other;
	size_t slot;

	if (grow_slots(m) < 0)
		return refuse(a, line, no_memory, -ENOMEM);
	slot = first_slot(m, tagged->path);
	while (next_of_path(m, tagged->path, &slot, &other)) {
		slot = slot_after(m, slot);
		if (other.algorithm != tagged->algorithm)
			continue;
		if (memcmp(other.digest, tagged->digest,
			algorithm_size(tagged->algorithm)) == 0)
			return 0;
		(void)refuse(a, line,
		    "another digest of a file that has one by this algorithm",
		    0);
		a->out->first_file = other.file;
		a->out->first_line = other.line;
		return -EINVAL;
	}
	if (append(a, line, tagged, slot) < 0)
		return refuse(a, line, no_memory, -ENOMEM);
	return 0;
}

static int
add_line(const struct adding *a, unsigned line, struct span text)
{
	struct tagged tagged;
	bool is_entry;
	const char *what = tagged_read(text, &tagged, &is_entry);

	if (what != NULL)
		return refuse(a, line, what, -EINVAL);
	if (!is_entry)
		return 0;
	if (algorithm_is_weak(tagged.algorithm) && !a->weak)
		return refuse(a, line,
		    "a weak algorithm: two files can be made that have one "
		    "digest",
		    -EINVAL);
	return insert(a, line, &tagged);
}

static int
add_file(struct manifest *m, const char *file)
{
	char **files = realloc(m->files, (m->n_files + 1) * sizeof(*files));
	const size_t size = strlen(file) + 1;

	if (files == NULL)
		return -ENOMEM;
	m->files = files;
	files[m->n_files] = malloc(size);
	if (files[m->n_files] == NULL)
		return -ENOMEM;
	memcpy(files[m->n_files++], file, size);
	return 0;
}

int
manifest_add(struct manifest *m, const char *file, struct span text, bool weak,
    struct manifest_error *out)
{
	const struct adding a = { m, (uint16_t)m->n_files, weak, out };
	struct span rest = text;
	unsigned line = 0;

	if (m->n_files > UINT16_MAX)
		return refuse(&a, 1, "more files than can be counted", -EINVAL);
	if (text.len > MANIFEST_FILE_MAX)
		return refuse(&a, 1, "the file is too large", -EINVAL);
	if (add_file(m, file) < 0)
		return refuse(&a, 1, no_memory, -ENOMEM);
	while (rest.len > 0) {
		const uint8_t *end = memchr(rest.at, '\n', rest.len);
		struct span one = rest;
		int r;

		line++;
		if (end != NULL)
			(void)span_cut(rest, 0, (size_t)(end - rest.at), &one);
		r = add_line(&a, line, one);
		if (r < 0)
			return r;
		if (end == NULL)
			break;
		(void)span_cut(
		    rest, one.len + 1, rest.len - one.len - 1, &rest);
	}
	return 0;
}

void
manifest_explain(const char *file, const struct manifest_error *error,
    char why[MANIFEST_WHY])
{
	int n = snprintf(
	    why, MANIFEST_WHY, "%s:%u: %s", file, error->line, error->what);

	if (error->first_line > 0 && n > 0 && n < MANIFEST_WHY)
		(void)snprintf(why + n, MANIFEST_WHY - (size_t)n,
		    ": the first is at %s:%u", error->first_file,
		    error->first_line);
}

void
manifest_seal(struct manifest *m)
{
	uint8_t *records;

	if (m->n_bytes == 0)
		return;
	records = realloc(m->records, m->n_bytes);
	if (records == NULL)
		return; /* it stays as large as it was */
	m->records = records;
	m->room = m->n_bytes;
}

/* --- asking ------------------------------------------------------------------
 */

bool
manifest_find(
    const struct manifest *m, const char *path, struct manifest_entry *out)
{
	struct manifest_entry entry;
	enum digest_algorithm strongest = DIGEST_UNKNOWN;

	if (m->n == 0)
		return false;
	for (size_t slot = first_slot(m, path);
	     next_of_path(m, path, &slot, &entry); slot = slot_after(m, slot)) {
		if (entry.algorithm <= strongest)
			continue;
		strongest = entry.algorithm;
		*out = entry;
	}
	return strongest != DIGEST_UNKNOWN;
}

bool
manifest_next(const struct manifest *m, size_t *at, struct manifest_entry *out)
{
	if (*at >= m->n_bytes)
		return false;
	*at = read_record(m, *at, out);
	return true;
}

void
manifest_release(struct manifest *m)
{
	for (size_t i = 0; i < m->n_files; i++)
		free(m->files[i]);
	free(m->files);
	free(m->slots);
	free(m->records);
	*m = (struct manifest){ 0 };
}

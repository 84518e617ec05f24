/*
 * manifest.h - which contents a file must have: the text of manifest files to
 * a table that is asked by path.
 *
 * Floor 1a, pure but that it allocates.  Every session holds its table, so an
 * entry is kept as packed bytes: 40, the path and a slot with a SHA-256.
 */
#ifndef EXECGUARD_MANIFEST_H
#define EXECGUARD_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/algorithm.h"
#include "common/scope.h"
#include "common/span.h"

/* The largest manifest file that is read: 600,000 lines or so. */
#define MANIFEST_FILE_MAX 67108864

/* Starts as { 0 }; the fields are manifest.c's own. */
struct manifest {
	uint8_t *records; /* owned; one behind another */
	size_t n_bytes;
	size_t room;
	uint32_t *slots; /* owned; 1 + where a record begins; 0: free */
	size_t n_slots;  /* a power of two, or 0 */
	size_t n;        /* records */
	char **files;    /* owned */
	size_t n_files;
};

/* What is borrowed is so until the manifest is added to or released. */
struct manifest_entry {
	const char *path; /* borrowed */
	enum digest_algorithm algorithm;
	const uint8_t *digest; /* borrowed; algorithm_size() bytes */
	const char *file;      /* borrowed; with line, where it was written */
	unsigned line;
};

struct manifest_error {
	unsigned line;    /* in the file that was being added */
	const char *what; /* static: one clause */
	/* Where the other line of two that disagree is; line 0: there is none.
	 */
	const char *first_file; /* borrowed from the manifest */
	unsigned first_line;
};

/* Room for file:line, a clause, and another file:line. */
#define MANIFEST_WHY 1024

/*
 * Add what the text of one file says; file is its name in messages.
 *
 * Returns 0, -EINVAL (the text is wrong: out says where and how) or -ENOMEM
 * (out says that).  On failure the manifest holds some of the text and is fit
 * for manifest_release() alone.
 *
 * MD5 and SHA-1 are wrong unless weak.  A line may be given twice; two that
 * disagree on one path and algorithm are wrong, in whichever files.
 */
int manifest_add(struct manifest *m, const char *file, struct span text,
    bool weak, struct manifest_error *out) MUST_CHECK;

/* One line "FILE:LINE: CLAUSE" of what manifest_add(file) left in error. */
void manifest_explain(const char *file, const struct manifest_error *error,
    char why[MANIFEST_WHY]);

/* Give back the room that nothing more will be added to. */
void manifest_seal(struct manifest *m);

/*
 * What the file at path must contain.  Where several algorithms are listed,
 * the strongest counts and the others are as good as absent: the last in the
 * order of enum digest_algorithm.
 *
 * Paths are compared byte by byte: path is the canonical one.  Not listed:
 * false, and out untouched.
 */
bool manifest_find(
    const struct manifest *m, const char *path, struct manifest_entry *out);

/*
 * The entries in the order in which they were added, weaker ones included: at
 * starts as 0, and is the iteration's.  False behind the last.
 */
bool manifest_next(
    const struct manifest *m, size_t *at, struct manifest_entry *out);

/* Free what m holds; the zero value and a half-built one are fine. */
void manifest_release(struct manifest *m);

#endif

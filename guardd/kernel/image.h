/*
 * image.h - which files were really loaded.
 *
 * Floor 1b.  For a tracee in its exec stop: the new image is mapped, not one
 * instruction has run, no other thread is left.  proc(5), "map_files" (Linux
 * 5.9 for CAP_CHECKPOINT_RESTORE; CAP_SYS_ADMIN before).
 */
#ifndef EXECGUARD_IMAGE_H
#define EXECGUARD_IMAGE_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "common/scope.h"

/* An exec maps the program and one ELF interpreter: more is not an exec. */
#define IMAGE_LOADERS 3

/* A mapped file, as maps shows it. */
struct loader {
	uint64_t start, end;
	uint64_t dev, ino;   /* on some filesystems not those of stat(2) */
	char path[PATH_MAX]; /* "" for one that is too long */
};

struct loaded {
	struct statx program; /* STATX_BASIC_STATS, not synchronised */
	int n_loaders;        /* without the program itself */
	bool is_32_bit;       /* its stack lies below 4 GiB */
	struct loader loaders[IMAGE_LOADERS];
	char name[PATH_MAX]; /* AT_EXECFN: the string that the kernel used */
};

/*
 * Look at what pid runs.  Returns 0; or a negative errno, and then nothing is
 * known: -E2BIG when more files are mapped than an exec maps, -ENOENT or
 * -ESRCH when it was killed in its stop.
 */
int image_loaded(int proc, pid_t pid, struct loaded *out) MUST_CHECK;

/*
 * Open the program of pid, or one of its loaders, O_PATH.  Returns a
 * descriptor that the caller closes, or a negative errno.
 */
int image_open_program(int proc, pid_t pid) MUST_CHECK;
int image_open_loader(
    int proc, pid_t pid, const struct loader *loader) MUST_CHECK;

#endif

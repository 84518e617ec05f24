/*
 * race_path.h - switch the string that names the program, from within or
 * from another process.
 */
#ifndef EXECGUARD_RACE_PATH_H
#define EXECGUARD_RACE_PATH_H

#include <fcntl.h>
#include <sys/uio.h>

#include "race.h"

/* Two names of one length: more slashes at the front change no path. */
static inline void
prepare_path(struct race *r)
{
	const char *names[2] = { r->allowed, r->forbidden };
	size_t longest = strlen(r->allowed);

	if (strlen(r->forbidden) > longest)
		longest = strlen(r->forbidden);
	r->n_words = longest / 8 + 1;
	if (r->n_words > NAME_WORDS) {
		errno = ENAMETOOLONG;
		die(r->forbidden);
	}
	for (size_t i = 0; i < 2; i++) {
		size_t pad = r->n_words * 8 - 1 - strlen(names[i]);
		char *name = (char *)r->names[i];

		memset(name, '/', pad);
		memcpy(name + pad, names[i], strlen(names[i]) + 1);
	}
	for (size_t w = 0; w < r->n_words; w++)
		r->path[w] = r->names[0][w];
}

static inline void
flip_path(struct race *r, pid_t asker __attribute__((unused)))
{
	for (size_t i = 0; i < 2; i++) {
		for (size_t w = 0; w < r->n_words; w++)
			r->path[w] = r->names[i][w];
		dwell();
	}
}

static inline void
flip_writev(struct race *r, pid_t asker)
{
	for (size_t i = 0; i < 2; i++) {
		size_t len = r->n_words * 8;
		struct iovec from = { r->names[i], len };
		struct iovec to = { (void *)(uintptr_t)r->path, len };

		(void)process_vm_writev(asker, &from, 1, &to, 1, 0);
		dwell();
	}
}

static inline void
flip_mem(struct race *r, pid_t asker)
{
	static pid_t opened;
	static int mem = -1;
	char name[64];

	if (opened != asker) {
		(void)close(mem);
		(void)snprintf(name, sizeof(name), "/proc/%d/mem", (int)asker);
		mem = open(name, O_WRONLY | O_CLOEXEC);
		opened = asker;
	}
	for (size_t i = 0; i < 2; i++) {
		if (pwrite(mem, r->names[i], r->n_words * 8,
			(off_t)(uintptr_t)r->path) < 0)
			return;
		dwell();
	}
}

#endif

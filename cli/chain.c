#include "cli/chain.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/contents.h"
#include "common/io.h"

#define DEPTH_MAX 16
#define FILES_MAX 256

/* What is mounted where SELinux is on. */
#define SELINUX_MARK "/sys/fs/selinux/enforce"

static void
file_free(struct chain_file *file)
{
	if (file == NULL)
		return;
	free(file->path);
	stack_release(&file->stack);
	free(file);
}

static void
file_release(struct chain_file **file)
{
	file_free(*file);
}

void
chain_release(struct chain *chain)
{
	for (size_t i = 0; i < chain->n_files; i++)
		file_free(chain->files[i]);
	free(chain->files);
	free(chain->at);
	*chain = (struct chain){ 0 };
}

/* What a chain is made from, and where its making stands. */
struct making {
	const struct chain_draft *drafts;
	struct chain chain;
	char *why;
	size_t top;
	unsigned level, depth;
};

/* --- texts -------------------------------------------------------------- */

/* The file of this name, as PAM finds it.  Sets *out_path. */
static int
read_file(const char *name, char **out_path, char **out, size_t *out_len)
{
	static const char *const folders[] = { CHAIN_FOLDER "/",
		CHAIN_FALLBACK "/" };
	bool is_path = name[0] == '/';
	SCOPED(fd_release) int fd = -1;

	for (size_t i = 0; fd < 0 && i < (is_path ? 1 : LENGTH(folders)); i++) {
		free(*out_path);
		if (asprintf(out_path, "%s%s", is_path ? "" : folders[i],
			name) < 0) {
			*out_path = NULL;
			return -ENOMEM;
		}
		fd = open(
		    *out_path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
		if (fd < 0 && errno != ENOENT)
			return -errno;
	}
	if (fd < 0)
		return -ENOENT;
	return io_read_all(fd, CHAIN_FILE_MAX, out, out_len);
}

static int
read_text(const struct making *m, const char *name, char **out_path, char **out,
    size_t *out_len)
{
	for (const struct chain_draft *d = m->drafts;
	     d != NULL && d->service != NULL; d++) {
		if (strcmp(d->service, name) != 0)
			continue;
		*out = strdup(d->text);
		if (*out == NULL ||
		    asprintf(out_path, "%s/%s", CHAIN_FOLDER, name) < 0) {
			*out_path = NULL;
			return -ENOMEM;
		}
		*out_len = strlen(*out);
		return 0;
	}
	return read_file(name, out_path, out, out_len);
}

/* --- links -------------------------------------------------------------- */

static int
add_link(struct making *m, const char *path, const struct stack_line *line)
{
	struct chain *chain = &m->chain;
	struct chain_link *more = realloc(
	    chain->at, (chain->n + 1) * sizeof(*more));

	if (more == NULL)
		return -ENOMEM;
	chain->at = more;
	chain->at[chain->n++] = (struct chain_link){
		.path = path, .line = line, .top = m->top, .level = m->level
	};
	return 0;
}

static int
add_file(struct making *m, struct chain_file **file)
{
	struct chain *chain = &m->chain;
	struct chain_file **more = realloc(
	    chain->files, (chain->n_files + 1) * sizeof(struct chain_file *));

	if (more == NULL)
		return -ENOMEM;
	chain->files = more;
	chain->files[chain->n_files++] = *file;
	*file = NULL; /* handed over */
	return 0;
}

static int follow(struct making *m, const char *name);

static int
take_line(struct making *m, const char *path, const struct stack_line *line)
{
	bool is_sub = line->how == STACK_SUBSTACK;
	int r;

	if (line->type == STACK_OTHER)
		return 0;
	if (line->how == STACK_MODULE)
		return add_link(m, path, line);
	if (m->depth == DEPTH_MAX || m->chain.n_files == FILES_MAX) {
		(void)snprintf(m->why, CHAIN_WHY,
		    "%s:%u: too many files are included in each other", path,
		    line->number);
		return -ELOOP;
	}
	m->depth++;
	m->level += is_sub ? 1 : 0;
	r = follow(m, line->what);
	if (r < 0 && m->why[0] == '\0')
		(void)snprintf(m->why, CHAIN_WHY, "%s:%u: cannot read %s: %s",
		    path, line->number, line->what, strerror(-r));
	m->depth--;
	m->level -= is_sub ? 1 : 0;
	return r;
}

/* A file, and what it includes.  Without a sentence in why the file itself
 * could not be read. */
static int
follow(struct making *m, const char *name)
{
	SCOPED(file_release) struct chain_file *file = calloc(1, sizeof(*file));
	SCOPED(text_release) char *text = NULL;
	const struct chain_file *kept = file;
	const char *wrong = NULL;
	unsigned number = 0;
	size_t len = 0;
	int r = -ENOMEM;

	if (file == NULL)
		return r;
	r = read_text(m, name, &file->path, &text, &len);
	if (r == 0)
		r = stack_read(text, len, &file->stack, &number, &wrong);
	if (wrong != NULL)
		(void)snprintf(
		    m->why, CHAIN_WHY, "%s:%u: %s", file->path, number, wrong);
	if (r == 0)
		r = add_file(m, &file);
	for (size_t i = 0; r == 0 && i < kept->stack.n; i++) {
		if (m->depth == 0)
			m->top = i;
		r = take_line(m, kept->path, &kept->stack.at[i]);
	}
	return r;
}

int
chain_read(const char *service, const struct chain_draft *drafts,
    struct chain *out, char why[CHAIN_WHY])
{
	struct making m = { .drafts = drafts, .why = why };
	int r;

	why[0] = '\0';
	r = follow(&m, service);
	if (r < 0) {
		if (why[0] == '\0')
			(void)snprintf(why, CHAIN_WHY, "cannot read %s/%s: %s",
			    CHAIN_FOLDER, service, strerror(-r));
		chain_release(&m.chain);
		return r;
	}
	*out = m.chain;
	return 0;
}

/* --- the way through ---------------------------------------------------- */

/* The last of those that the link at index i may skip. */
static size_t
skips_to(const struct chain *chain, size_t i)
{
	unsigned level = chain->at[i].level, left = chain->at[i].line->jump;
	size_t at = i;

	while (
	    left > 0 && at + 1 < chain->n && chain->at[at + 1].level >= level) {
		do {
			at++;
		} while (at + 1 < chain->n && chain->at[at + 1].level > level);
		left--;
	}
	return at + left; /* what is not there, too */
}

const struct chain_link *
chain_jump(const struct chain *chain, size_t at)
{
	for (size_t i = 0; i < at && i < chain->n; i++)
		if (chain->at[i].line->jump > 0 && skips_to(chain, i) >= at)
			return &chain->at[i];
	return NULL;
}

const struct chain_link *
chain_obstacle(const struct chain *chain, size_t at)
{
	for (size_t i = 0; i < at && i < chain->n; i++)
		if (chain->at[i].line->ends_early && chain->at[i].level == 0)
			return &chain->at[i];
	return chain_jump(chain, at);
}

/* Whether pam_execguard(8) wants our line to stand before this one. */
static bool
comes_behind(const struct stack_line *line, bool lets_in, bool has_selinux)
{
	if (lets_in && stack_is_of(line, "pam_systemd.so"))
		return true;
	return has_selinux && stack_is_of(line, "pam_selinux.so") &&
	       !stack_has(line, "close");
}

void
chain_place(const struct chain *chain, bool lets_in, size_t *out_offset,
    size_t *out_index)
{
	const struct stack *stack = &chain->files[0]->stack;
	bool has_selinux = access(SELINUX_MARK, F_OK) == 0;
	size_t i = 0;

	*out_offset = stack->len;
	*out_index = chain->n;
	while (i < chain->n &&
	       !comes_behind(chain->at[i].line, lets_in, has_selinux))
		i++;
	if (i == chain->n)
		return;
	while (i > 0 && chain->at[i - 1].top == chain->at[i].top)
		i--;
	*out_offset = stack->at[chain->at[i].top].at;
	*out_index = i;
}

#include "cli/pamd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "cli/control.h"
#include "cli/lines.h"
#include "common/io.h"

#define FILE_MAX  65536
#define LINES_MAX 1000
#define DEPTH_MAX 16 /* of files in files */

const char *const pamd_folders[] = { "/etc/pam.d", "/usr/lib/pam.d", NULL };

static void
line_release(struct pamd_line *line)
{
	free(line->file);
	free(line->control);
	free(line->module);
	for (char **word = line->arguments; word != NULL && *word != NULL;
	     word++)
		free(*word);
	free(line->arguments);
	*line = (struct pamd_line){ 0 };
}

void
pamd_release(struct pamd *stack)
{
	for (size_t i = 0; i < stack->n; i++)
		line_release(&stack->at[i]);
	free(stack->at);
	free(stack->file);
	*stack = (struct pamd){ 0 };
}

/* --- files --------------------------------------------------------------- */

/* Which file a name means; NULL: out of memory. */
static char *
path_of(const char *const *folders, const char *name)
{
	char *path = NULL;

	if (name[0] == '/')
		return strdup(name);
	for (; *folders != NULL; folders++) {
		free(path);
		if (asprintf(&path, "%s/%s", *folders, name) < 0)
			return NULL;
		if (access(path, F_OK) == 0)
			break;
	}
	return path;
}

bool
pamd_exists(const char *const *folders, const char *service)
{
	SCOPED(text_release) char *path = path_of(folders, service);

	return path != NULL && access(path, F_OK) == 0;
}

static int
read_file(const char *path, char **out)
{
	SCOPED(fd_release)
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	size_t len;

	return fd < 0 ? -errno : io_read_all(fd, FILE_MAX, out, &len);
}

/* --- lines ---------------------------------------------------------------- */

/* Where a file is being read, and into what. */
struct reading {
	const char *const *folders; /* borrowed, as are all */
	struct pamd *stack;
	char *why;
	const char *path;
	unsigned number; /* of the line */
	unsigned depth;  /* of substacks */
	unsigned files;  /* we are in */
};

static int
blame(const struct reading *r, const char *what, const char *word)
{
	(void)snprintf(r->why, PAMD_WHY, "%s:%u: %s '%.200s'", r->path,
	    r->number, what, word);
	return -EINVAL;
}

static int
add_argument(struct pamd_line *line, size_t n, const char *word)
{
	char **more = realloc(line->arguments, (n + 2) * sizeof(*more));

	if (more == NULL)
		return -ENOMEM;
	line->arguments = more;
	more[n + 1] = NULL;
	more[n] = strdup(word);
	return more[n] == NULL ? -ENOMEM : 0;
}

static int
fill(const struct reading *r, const char *module, char *words,
    struct pamd_line *line)
{
	bool is_bracketed;
	const char *word;
	int e = 0;

	line->file = strdup(r->path);
	line->module = strdup(module);
	line->number = r->number;
	line->depth = r->depth;
	line->arguments = calloc(1, sizeof(*line->arguments));
	if (line->file == NULL || line->module == NULL ||
	    line->arguments == NULL)
		return -ENOMEM;
	for (size_t n = 0;
	     e == 0 && (word = lines_word(&words, &is_bracketed)) != NULL; n++)
		e = add_argument(line, n, word);
	return e;
}

static int
add_line(const struct reading *r, struct pamd_line *line)
{
	struct pamd *stack = r->stack;
	struct pamd_line *more;

	if (stack->n == LINES_MAX)
		return blame(r, "too many lines up to", line->module);
	more = realloc(stack->at, (stack->n + 1) * sizeof(*more));
	if (more == NULL)
		return -ENOMEM;
	stack->at = more;
	more[stack->n++] = *line;
	*line = (struct pamd_line){ 0 };
	return 0;
}

static int read_named(const struct reading *from, const char *name);

/* A substack is a line of its own, which does nothing, and those in it are
 * deeper: a jump passes over it as over one. */
static int
take_substack(struct reading *r, const char *name)
{
	SCOPED(line_release) struct pamd_line line = { 0 };
	char none[] = "";
	int e;

	line.control = strdup("substack");
	if (line.control == NULL)
		return -ENOMEM;
	e = fill(r, name, none, &line);
	if (e == 0)
		e = add_line(r, &line);
	if (e < 0)
		return e;
	r->depth++;
	e = read_named(r, name);
	r->depth--;
	return e;
}

/* The words of a line for sessions that follow the first. */
static int
take_session(struct reading *r, char *words, bool is_optional)
{
	SCOPED(line_release)
	struct pamd_line line = { .is_optional = is_optional };
	bool is_bracketed;
	const char *control = lines_word(&words, &is_bracketed);
	const char *next = lines_word(&words, &(bool){ false });
	int e;

	if (control == NULL)
		return blame(r, "nothing behind", "session");
	if (next == NULL || next[0] == '\0')
		return blame(r, "no module behind", control);
	if (!is_bracketed && strcasecmp(control, "substack") == 0)
		return take_substack(r, next);
	if (!is_bracketed && strcasecmp(control, "include") == 0)
		return read_named(r, next);
	if (!control_read(control, is_bracketed, line.actions))
		return blame(r, "PAM does not know the control", control);
	line.control = strdup(control);
	if (line.control == NULL)
		return -ENOMEM;
	e = fill(r, next, words, &line);
	return e < 0 ? e : add_line(r, &line);
}

static int
take_line(struct reading *r, char *words)
{
	static const char *const types[] = { "auth", "account", "password" };
	bool is_bracketed;
	const char *type = lines_word(&words, &is_bracketed);
	const char *bare;

	if (type == NULL)
		return 0;
	if (strcasecmp(type, "@include") == 0) {
		const char *name = lines_word(&words, &is_bracketed);

		return name == NULL ? blame(r, "no file behind", type)
		                    : read_named(r, name);
	}
	bare = type + (type[0] == '-');
	if (strcasecmp(bare, "session") == 0)
		return take_session(r, words, type[0] == '-');
	for (size_t i = 0; i < LENGTH(types); i++)
		if (strcasecmp(bare, types[i]) == 0)
			return 0;
	return blame(r, "PAM does not know the type", type);
}

static int
read_named(const struct reading *from, const char *name)
{
	SCOPED(text_release) char *path = path_of(from->folders, name);
	SCOPED(text_release) char *text = NULL;
	struct reading r = *from;
	char *rest, *line;
	int e;

	if (path == NULL)
		return -ENOMEM;
	if (++r.files > DEPTH_MAX)
		return blame(from, "files include each other up to", name);
	e = read_file(path, &text);
	if (e < 0) {
		(void)snprintf(from->why, PAMD_WHY, "cannot read %.300s: %s",
		    path, strerror(-e));
		return e;
	}
	r.path = path;
	r.number = 0;
	rest = text;
	while (e == 0 && (line = lines_next(&rest, &r.number)) != NULL)
		e = take_line(&r, line);
	return e;
}

int
pamd_read(const char *const *folders, const char *service, struct pamd *out,
    char why[PAMD_WHY])
{
	SCOPED(pamd_release)
	struct pamd stack = { .file = path_of(folders, service) };
	struct reading r = {
		.folders = folders,
		.stack = &stack,
		.why = why,
		.path = stack.file,
	};
	int e;

	(void)snprintf(why, PAMD_WHY, "out of memory");
	if (stack.file == NULL)
		return -ENOMEM;
	e = read_named(&r, service);
	if (e == 0 && stack.n == 0 && pamd_exists(folders, "other"))
		e = read_named(&r, "other");
	if (e < 0)
		return e;
	*out = stack;
	stack = (struct pamd){ 0 };
	return 0;
}

/* --- questions ----------------------------------------------------------- */

size_t
pamd_find(const struct pamd *stack, const char *module)
{
	size_t i;

	for (i = 0; i < stack->n; i++) {
		const char *slash = strrchr(stack->at[i].module, '/');

		if (strcmp(slash != NULL ? slash + 1 : stack->at[i].module,
			module) == 0)
			break;
	}
	return i;
}

/* Where a jump over so many lines lands: a substack counts as one. */
static size_t
landing(const struct pamd *stack, size_t from, int jump)
{
	unsigned depth = stack->at[from].depth;
	size_t i = from + 1;

	for (; jump > 0 && i < stack->n && stack->at[i].depth >= depth; jump--)
		do {
			i++;
		} while (i < stack->n && stack->at[i].depth > depth);
	return i;
}

/* Whether line is in the (sub)stack that the line from is in. */
static bool
is_within(const struct pamd *stack, size_t from, size_t line)
{
	for (size_t i = from + 1; i <= line; i++)
		if (stack->at[i].depth < stack->at[from].depth)
			return false;
	return true;
}

size_t
pamd_passes_over(const struct pamd *stack, size_t line)
{
	for (size_t i = 0; i < line; i++) {
		const int *actions = stack->at[i].actions;

		if (actions[PAMD_SUCCESS] == PAMD_DONE &&
		    is_within(stack, i, line))
			return i;
		for (size_t a = 0; a < PAMD_ANSWERS; a++)
			if (actions[a] > 0 &&
			    landing(stack, i, actions[a]) > line)
				return i;
	}
	return stack->n;
}

bool
pamd_minds(const struct pamd_line *line)
{
	static const int failures[] = { PAMD_SESSION_ERR, PAMD_BUF_ERR,
		PAMD_USER_UNKNOWN };

	for (size_t i = 0; i < LENGTH(failures); i++) {
		int action = line->actions[failures[i]];

		if (action == PAMD_IGNORE || action == PAMD_RESET || action > 0)
			return false;
	}
	return true;
}

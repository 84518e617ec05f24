#include "cli/change.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "common/io.h"
#include "common/trusted.h"

void
change_release(struct change *change)
{
	free(change->path);
	free(change->old);
	free(change->text);
	free(change->note);
	free(change->trial);
	free(change->alone);
	free(change->backup);
	*change = (struct change){ 0 };
}

static int refuse(char why[CHAIN_WHY], const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static int
refuse(char why[CHAIN_WHY], const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(why, CHAIN_WHY, format, ap);
	va_end(ap);
	return -EPERM;
}

/* --- the file ----------------------------------------------------------- */

static int
check_folder(char why[CHAIN_WHY])
{
	struct stat st;

	if (lstat(CHAIN_FOLDER, &st) < 0)
		return refuse(why, "cannot look at %s: %s", CHAIN_FOLDER,
		    strerror(errno));
	if (!S_ISDIR(st.st_mode) || st.st_uid != 0 ||
	    (st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return refuse(why,
		    "%s is no folder of root's that nobody else can write",
		    CHAIN_FOLDER);
	return 0;
}

static int
blame_link(const char *path, char why[CHAIN_WHY])
{
	char target[PATH_MAX];
	ssize_t len = readlink(path, target, sizeof(target) - 1);

	if (len < 0)
		return refuse(why, "cannot read %s: %s", path, strerror(errno));
	target[len] = '\0';
	if (strstr(target, "authselect") != NULL)
		return refuse(why,
		    "%s is a file of authselect's: make a profile, see "
		    "pam_execguard(8)",
		    path);
	return refuse(why,
	    "%s is a symbolic link to %s: change that by hand, or make a file "
	    "of it",
	    path, target);
}

/* Whether one program or another writes the file anew. */
static int
check_manager(const struct change *c, char why[CHAIN_WHY])
{
	static const char *const included[] = { "system-auth", "password-auth",
		"smartcard-auth", "fingerprint-auth", "postlogin" };
	bool is_shared = strncmp(c->service, "common-", 7) == 0;

	for (size_t i = 0; i < LENGTH(included); i++)
		if (strcmp(c->service, included[i]) == 0)
			is_shared = true;
	if (strstr(c->old, "managed by pam-auth-update") != NULL)
		return refuse(why,
		    "%s is written by pam-auth-update: use its profile, see "
		    "pam_execguard(8)",
		    c->path);
	if (strstr(c->old, "enerated by authselect") != NULL)
		return refuse(why,
		    "%s is written by authselect: make a profile, see "
		    "pam_execguard(8)",
		    c->path);
	if (is_shared)
		return refuse(why,
		    "%s is no service, but what services include: name these",
		    c->path);
	return 0;
}

static int
read_service(struct change *c, char why[CHAIN_WHY])
{
	char untrusted[TRUSTED_WHY];
	SCOPED(fd_release) int fd = -1;
	struct stat st;
	size_t len;
	int r;

	if (lstat(c->path, &st) < 0 && errno == ENOENT)
		return refuse(why,
		    "there is no %s; where %s/%s is, copy it there first",
		    c->path, CHAIN_FALLBACK, c->service);
	if (S_ISLNK(st.st_mode))
		return blame_link(c->path, why);
	fd = trusted_open(c->path, TRUSTED_NOBODY, untrusted);
	if (fd < 0)
		return refuse(why, "%s", untrusted);
	if (fstat(fd, &st) == 0 && st.st_nlink != 1)
		return refuse(why,
		    "%s has another name as well (a hard link), which would "
		    "keep the old text",
		    c->path);
	r = io_read_all(fd, CHAIN_FILE_MAX, &c->old, &len);
	if (r < 0)
		return refuse(why, "cannot read %s: %s", c->path, strerror(-r));
	if (strlen(c->old) != len)
		return refuse(why, "%s holds a byte that is no text", c->path);
	return check_manager(c, why);
}

static int
begin(const char *service, const struct change_wish *wish, struct change *c,
    struct chain *chain, char why[CHAIN_WHY])
{
	int r = check_folder(why);

	c->service = service;
	if (asprintf(&c->path, "%s/%s", CHAIN_FOLDER, service) < 0) {
		c->path = NULL;
		return -ENOMEM;
	}
	if (r == 0)
		r = read_service(c, why);
	if (r == 0)
		r = chain_read(service, wish->drafts, chain, why);
	if (r == 0 && chain->n == 0)
		r = refuse(why,
		    "%s has no session line, so PAM takes those of %s/other, "
		    "and would not any more",
		    c->path, CHAIN_FOLDER);
	return r;
}

int
change_check(const struct change *change)
{
	char why[TRUSTED_WHY];
	SCOPED(fd_release)
	int fd = trusted_open(change->path, TRUSTED_NOBODY, why);
	SCOPED(text_release) char *now = NULL;
	size_t len;
	int r;

	if (fd < 0)
		return -ESTALE;
	r = io_read_all(fd, CHAIN_FILE_MAX, &now, &len);
	if (r < 0)
		return r;
	return len == strlen(change->old) && strcmp(now, change->old) == 0
	           ? 0
	           : -ESTALE;
}

/* --- our line ----------------------------------------------------------- */

/* Our line in the service's own file: *out, or NULL. */
static int
find_own(const struct change *c, const struct chain *chain,
    const struct stack_line **out, char why[CHAIN_WHY])
{
	const struct stack *stack = &chain->files[0]->stack;
	const struct stack_line *found = NULL;

	for (size_t i = 0; i < stack->n; i++) {
		const struct stack_line *line = &stack->at[i];

		if (!stack_is_of(line, CHANGE_MODULE))
			continue;
		if (line->type != STACK_SESSION)
			return refuse(why,
			    "%s:%u: %s is for session lines alone", c->path,
			    line->number, CHANGE_MODULE);
		if (found != NULL)
			return refuse(why,
			    "%s:%u: %s is here a second time: take one away",
			    c->path, line->number, CHANGE_MODULE);
		found = line;
	}
	*out = found;
	return 0;
}

/* Our line, wherever; chain->n: nowhere. */
static size_t
find_link(const struct chain *chain)
{
	size_t i = 0;

	while (i < chain->n && !stack_is_of(chain->at[i].line, CHANGE_MODULE))
		i++;
	return i;
}

static int
note(struct change *c, const char *what, const struct chain_link *link)
{
	int n = link == NULL ? asprintf(&c->note, "%s %s", c->service, what)
	                     : asprintf(&c->note, "%s %s by %s:%u", c->service,
				   what, link->path, link->line->number);

	if (n < 0) {
		c->note = NULL;
		return -ENOMEM;
	}
	return 0;
}

/* --- in ----------------------------------------------------------------- */

static int
put_in(struct change *c, const struct chain *chain,
    const struct change_wish *wish, char why[CHAIN_WHY])
{
	const struct stack *stack = &chain->files[0]->stack;
	const char *blank = wish->arguments[0] != '\0' ? " " : "";
	SCOPED(text_release) char *line = NULL;
	SCOPED(text_release) char *trial = NULL;
	const struct chain_link *obstacle;
	size_t offset, i;

	chain_place(chain, strstr(wish->arguments, "onerr=succeed") != NULL,
	    &offset, &i);
	obstacle = chain_obstacle(chain, i);
	if (obstacle != NULL)
		return refuse(why,
		    "%s:%u: '%s' may end the stack early or skip what follows, "
		    "and a line behind it would not be reached",
		    obstacle->path, obstacle->line->number,
		    obstacle->line->words);
	if (asprintf(&line, "session    required    %s%s%s", CHANGE_MODULE,
		blank, wish->arguments) < 0)
		line = NULL;
	if (line == NULL || asprintf(&trial, "%s %s", line, wish->more) < 0)
		trial = NULL;
	if (trial == NULL || asprintf(&c->alone, "%s%s%s", wish->arguments,
				 blank, wish->more) < 0) {
		c->alone = NULL;
		return -ENOMEM;
	}
	c->text = stack_insert(stack, offset, line);
	c->trial = stack_insert(stack, offset, trial);
	return c->text != NULL && c->trial != NULL ? 0 : -ENOMEM;
}

/* Whether a line is as we would write it. */
static bool
is_as_wished(const struct stack_line *line, const char *arguments)
{
	static const char begins[] = "session required " CHANGE_MODULE;
	size_t len = sizeof(begins) - 1;
	const char *rest = line->words + len;

	return strncmp(line->words, begins, len) == 0 &&
	       strcmp(rest[0] == ' ' ? rest + 1 : rest, arguments) == 0;
}

static int
plan_in(struct change *c, const struct chain *chain,
    const struct change_wish *wish, char why[CHAIN_WHY])
{
	const struct stack_line *own = NULL;
	size_t found = find_link(chain);
	int r = find_own(c, chain, &own, why);

	if (r < 0)
		return r;
	if (own == NULL && found == chain->n)
		return put_in(c, chain, wish, why);
	if (own != NULL && !is_as_wished(own, wish->arguments))
		return refuse(why,
		    "%s:%u: the line is here already, as '%s': unenroll first "
		    "to have another",
		    c->path, own->number, own->words);
	return note(c, "is enrolled already", &chain->at[found]);
}

int
change_enroll(const char *service, const struct change_wish *wish,
    struct change *out, char why[CHAIN_WHY])
{
	SCOPED(change_release) struct change c = { 0 };
	SCOPED(chain_release) struct chain chain = { 0 };
	int r = begin(service, wish, &c, &chain, why);

	if (r == 0)
		r = plan_in(&c, &chain, wish, why);
	if (r < 0)
		return r;
	*out = c;
	c = (struct change){ 0 }; /* handed over */
	return 0;
}

/* --- out ---------------------------------------------------------------- */

static int
take_out(struct change *c, const struct chain *chain,
    const struct stack_line *own, char why[CHAIN_WHY])
{
	size_t found = 0;
	const struct chain_link *jump;

	while (chain->at[found].line != own)
		found++;
	jump = chain_jump(chain, found);
	if (jump != NULL)
		return refuse(why,
		    "%s:%u: '%s' counts the line among those that it skips: "
		    "change both by hand",
		    jump->path, jump->line->number, jump->line->words);
	if (chain->n == 1)
		return refuse(why,
		    "%s:%u: it is the only session line, and PAM would take "
		    "those of %s/other instead",
		    c->path, own->number, CHAIN_FOLDER);
	c->text = stack_remove(&chain->files[0]->stack, own);
	return c->text != NULL ? 0 : -ENOMEM;
}

static int
plan_out(struct change *c, const struct chain *chain, char why[CHAIN_WHY])
{
	const struct stack_line *own = NULL;
	size_t found = find_link(chain);
	int r = find_own(c, chain, &own, why);

	if (r < 0)
		return r;
	if (own != NULL)
		return take_out(c, chain, own, why);
	if (found < chain->n)
		return refuse(why,
		    "%s:%u: %s has the line from here: where pam-auth-update "
		    "or authselect wrote it, let that take it away",
		    chain->at[found].path, chain->at[found].line->number,
		    c->service);
	return note(c, "is not enrolled", NULL);
}

int
change_unenroll(const char *service, const struct change_wish *wish,
    struct change *out, char why[CHAIN_WHY])
{
	SCOPED(change_release) struct change c = { 0 };
	SCOPED(chain_release) struct chain chain = { 0 };
	int r = begin(service, wish, &c, &chain, why);

	if (r == 0)
		r = plan_out(&c, &chain, why);
	if (r < 0)
		return r;
	*out = c;
	c = (struct change){ 0 }; /* handed over */
	return 0;
}

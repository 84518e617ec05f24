/*
 * policy_fuzz.c - texts of anybody for parse_policies().
 *
 * A byte 0x1c in the input begins a second file.  What is read is written out
 * again, and must read the same; then select_policy() is asked for some users.
 */
#include "policy/parse.h"

#include <errno.h>
#include <stdio.h>

#include "common/names.h"
#include "common/number.h"
#include "common/trusted.h"
#include "policy/select.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/policy_print.h"

#define SPLIT 0x1c

/* Nobody asks this machine who is who: common/names.o is not linked. */
static int
id_of(const char *name, uint32_t *out)
{
	uint64_t number = 0;

	if (strcmp(name, "mute") == 0)
		return -EIO;
	if (strcmp(name, "root") != 0 &&
	    number_parse(name, 0, UINT32_MAX - 1, &number) < 0)
		return -ENOENT;
	*out = (uint32_t)number;
	return 0;
}

int
names_user(const char *name, uid_t *out)
{
	return id_of(name, out);
}

int
names_group(const char *name, gid_t *out)
{
	return id_of(name, out);
}

/* The line with this number, counted from 1; false: there is none.  Comments
 * may hold a NUL. */
static bool
line_of(const struct trusted_file *file, unsigned long number, struct span *out)
{
	struct span rest = { (const uint8_t *)file->text, file->len };

	for (; number > 0; number--) {
		const uint8_t *end = rest.len > 0
		                         ? memchr(rest.at, '\n', rest.len)
		                         : NULL;
		size_t len = end != NULL ? (size_t)(end - rest.at) : rest.len;

		if (number == 1)
			return span_cut(rest, 0, len, out);
		if (end == NULL)
			return false;
		insist(span_cut(rest, len + 1, rest.len - len - 1, &rest));
	}
	return false;
}

static const struct trusted_file *
file_of(const struct trusted_files *files, const char *path, size_t len)
{
	for (size_t i = 0; i < files->n; i++)
		if (strlen(files->at[i].path) == len &&
		    fuzz_same(files->at[i].path, path, len))
			return &files->at[i];
	return NULL;
}

/* FILE:LINE: a sentence in one line. */
static void
check_why(const struct trusted_files *files, const char *why)
{
	const char *colon = strchr(why, ':');
	const struct trusted_file *file;
	struct span place;
	char *end;
	unsigned long line;

	insist(colon != NULL && strnlen(why, PARSE_WHY) < PARSE_WHY);
	file = file_of(files, why, (size_t)(colon - why));
	line = strtoul(colon + 1, &end, 10);
	insist(file != NULL && line_of(file, line, &place));
	insist(end[0] == ':' && end[1] == ' ' && end[2] != '\0');
	insist(strpbrk(why, "\n\r\033") == NULL);
}

/* Where something was written: that line opens a brace. */
static void
check_place(const struct trusted_file *file, bool is_on, unsigned line)
{
	struct span place;

	if (!is_on)
		return;
	insist(line_of(file, line, &place) && place.len > 0);
	insist(memchr(place.at, '{', place.len) != NULL);
}

static void
check_policy(const struct trusted_files *files, const struct policy *p)
{
	const struct trusted_file *file = file_of(
	    files, p->file, strlen(p->file));

	insist(p->name != NULL && p->name[0] != '\0' && file != NULL);
	check_place(file, true, p->line);
	check_place(file, p->segvguard.is_on, p->segvguard.line);
	check_place(file, p->exec.is_on, p->exec.line);
	check_place(file, p->tpe.is_on, p->tpe.line);
	check_place(file, p->environment.is_on, p->environment.line);
	check_place(file, p->memory.is_on, p->memory.line);
	check_place(file, p->scripts.is_on, p->scripts.line);
	if (p->segvguard.is_on)
		insist(p->segvguard.maxcrashes >= 1 &&
		       p->segvguard.maxcrashes <= MAXCRASHES_MAX &&
		       p->segvguard.expiry_s >= 1 &&
		       p->segvguard.suspension_s >= 1);
	insist(!p->tpe.is_on || p->tpe.owners.n > 0);
	for (size_t i = 0; i < p->tpe.roots.n; i++)
		insist(p->tpe.roots.at[i][0] == '/');
}

static bool
names_root(const struct policy *p)
{
	for (size_t i = 0; i < p->users.n; i++)
		if (strpbrk(p->users.at[i], "*?[") == NULL)
			return true;
	return false;
}

static void
check_selection(const struct policies *policies)
{
	static const struct group_name groups[] = { { 0, "root" },
		{ 27, "sudo" }, { 61010, "students" }, { 4294967295U, "" } };
	static const struct subject subjects[] = {
		{ 0, "root", groups, LENGTH(groups) },
		{ 1000, "anna", groups + 1, 2 },
		{ 61001, "", groups + 3, 1 },
		{ 4294967294U, "guest7", NULL, 0 },
	};

	for (size_t i = 0; i < LENGTH(subjects); i++) {
		const struct policy *p = select_policy(policies, &subjects[i]);

		insist(p == NULL ||
		       (p >= policies->at && p < policies->at + policies->n));
		insist(p == NULL || subjects[i].uid != 0 || names_root(p));
	}
}

static int
parse_one(char *text, struct policies *out)
{
	char path[] = "again.conf", why[PARSE_WHY];
	struct trusted_file file = { path, text, strlen(text) };
	const struct trusted_files files = { &file, 1 };
	int r = parse_policies(&files, out, why);

	insist(r == 0 || why[0] != '\0');
	return r;
}

static void
check_again(const struct policies *policies)
{
	SCOPED(policies_release) struct policies again = { 0 };
	SCOPED(text_release) char *text = policy_print(policies);
	SCOPED(text_release) char *twice = NULL;

	if (strlen(text) > PARSE_FILE_MAX)
		return;
	insist(parse_one(text, &again) == 0);
	twice = policy_print(&again);
	insist(strcmp(text, twice) == 0);
}

/* Bytes as a file of their own; the texts of files always end in a NUL. */
static struct trusted_file
file_from(char *path, struct span bytes)
{
	return (struct trusted_file){ path, fuzz_text(bytes), bytes.len };
}

static void
parse(const struct trusted_files *files)
{
	SCOPED(policies_release) struct policies policies = { 0 };
	char good[] = "policy \"x\" { tpe { own = true } }";
	char why[PARSE_WHY];
	int r = parse_policies(files, &policies, why);

	if (r < 0) {
		insist(r == -EINVAL);
		insist(policies.at == NULL && policies.n == 0 &&
		       policies.events == NULL);
		check_why(files, why);
		/* Nothing of it is left in a lexer. */
		insist(parse_one(good, &policies) == 0 && policies.n == 1);
		return;
	}
	insist(why[0] == '\0');
	for (size_t i = 0; i < policies.n; i++) {
		check_policy(files, &policies.at[i]);
		for (size_t k = 0; k < i; k++)
			insist(strcmp(policies.at[i].name,
				   policies.at[k].name) != 0);
	}
	check_selection(&policies);
	check_again(&policies);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const uint8_t *split = len > 0 ? memchr(data, SPLIT, len) : NULL;
	size_t first = split != NULL ? (size_t)(split - data) : len;
	char paths[][8] = { "a.conf", "b.conf" };
	struct trusted_file at[] = {
		file_from(paths[0], (struct span){ data, first }),
		file_from(paths[1],
		    split != NULL ? (struct span){ split + 1, len - first - 1 }
				  : (struct span){ data, 0 }),
	};
	const struct trusted_files files = { at, split != NULL ? 2 : 1 };

	parse(&files);
	for (size_t i = 0; i < LENGTH(at); i++)
		free(at[i].text);
	return 0;
}

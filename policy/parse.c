#include "policy/parse.h"

#include <confuse.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/trusted.h"
#include "policy/keyword.h"
#include "policy/scan.h"
#include "policy/section.h"
#include "policy/take.h"
#include "policy/validate.h"

/* One call of parse_policies(). */
struct reader {
	const char *file; /* borrowed */
	struct policies all;
	bool is_open;            /* the last policy of all is being read */
	unsigned opened;         /* the line of that policy */
	struct scan_place place; /* walks along with the sections */
	uint64_t seen;           /* a bit for each keyword: given once */
	int error;
	char *why; /* PARSE_WHY bytes */
};

/*
 * libconfuse gives its callbacks no pointer of ours, and its lexer is a
 * global of its own: there is one reader at a time.
 */
static struct reader *reading;

static void
reader_release(struct reader *r)
{
	policies_release(&r->all);
}

static void __attribute__((format(printf, 3, 0)))
refuse_list(struct reader *r, unsigned line, const char *format, va_list ap)
{
	int n;

	/* The first fault is the cause; libconfuse may add that it gives up. */
	if (r->error != 0)
		return;
	r->error = -EINVAL;
	n = snprintf(r->why, PARSE_WHY, "%s:%u: ", r->file, line);
	if (n > 0 && n < PARSE_WHY)
		(void)vsnprintf(r->why + n, PARSE_WHY - (size_t)n, format, ap);
}

static int __attribute__((format(printf, 3, 4)))
refuse(struct reader *r, unsigned line, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	refuse_list(r, line, format, ap);
	va_end(ap);
	return r->error;
}

static int
refuse_memory(struct reader *r, unsigned line)
{
	(void)refuse(r, line, "%s", take_no_memory);
	r->error = -ENOMEM;
	return r->error;
}

static unsigned
line_of(const cfg_t *cfg)
{
	return cfg->line > 0 ? (unsigned)cfg->line : 1;
}

/* Our name of a section: libconfuse calls the top level "root". */
static const char *
section_of(const cfg_t *cfg)
{
	return strcmp(cfg->name, "root") == 0 ? "" : cfg->name;
}

static int
refuse_keyword(struct reader *r, const cfg_t *cfg, const char *name)
{
	const char *section = section_of(cfg);

	return refuse(r, line_of(cfg), "unknown keyword '%.80s' %s%s", name,
	    section[0] == '\0' ? "outside any policy" : "in ", section);
}

static int
refuse_twin(struct reader *r, unsigned line, const char *name)
{
	size_t n = r->all.n - (r->is_open ? 1 : 0);

	for (size_t i = 0; i < n; i++) {
		const struct policy *twin = &r->all.at[i];

		if (strcmp(twin->name, name) == 0)
			return refuse(r, line,
			    "duplicate policy '%.80s': the first is at %s:%u",
			    name, twin->file, twin->line);
	}
	return 0;
}

/* What libconfuse complains about, with the words of our own language. */
static void __attribute__((format(printf, 2, 0)))
on_error(cfg_t *cfg, const char *format, va_list ap)
{
	if (strcmp(format, "no such option '%s'") == 0)
		(void)refuse_keyword(reading, cfg, va_arg(ap, const char *));
	else if (strcmp(format, "found duplicate title '%s'") == 0)
		(void)refuse_twin(
		    reading, line_of(cfg), va_arg(ap, const char *));
	else
		refuse_list(reading, line_of(cfg), format, ap);
}

/* The policy that the words being read belong to. */
static struct policy *
open_policy(struct reader *r)
{
	struct policy *more;

	if (!r->is_open) {
		more = realloc(r->all.at, (r->all.n + 1) * sizeof(*more));
		if (more == NULL)
			return NULL;
		r->all.at = more;
		more[r->all.n++] = (struct policy){ 0 };
		r->is_open = true;
		r->opened = scan_next_section(&r->place);
	}
	return &r->all.at[r->all.n - 1];
}

/* Where a keyword's words go, or NULL for want of memory. */
static void *
field_of(struct reader *r, const struct keyword *keyword)
{
	bool is_top = keyword->section[0] == '\0';
	char *base = is_top ? (char *)&r->all : (char *)open_policy(r);

	return base == NULL ? NULL : base + keyword->field;
}

/* Every word of every keyword comes through here, while its line is known. */
static int
on_word(cfg_t *cfg, cfg_opt_t *opt, const char *word, void *out)
{
	struct reader *r = reading;
	const struct keyword *keyword = keyword_find(
	    section_of(cfg), opt->name);
	const char *complaint;
	void *field;

	/* libconfuse takes "tpe|own" as the path to a keyword elsewhere. */
	if (keyword == NULL)
		return refuse_keyword(r, cfg, opt->name);
	field = field_of(r, keyword);
	if (field == NULL)
		return refuse_memory(r, line_of(cfg));

	/* A second "x = ..." has dropped the words of the first by now. */
	if (opt->nvalues <= 1 && (r->seen & keyword_bit(keyword)) != 0)
		return refuse(
		    r, line_of(cfg), "'%s' is given twice", keyword->name);
	r->seen |= keyword_bit(keyword);

	complaint = keyword->take(field, word);
	if (complaint == take_no_memory)
		return refuse_memory(r, line_of(cfg));
	if (complaint != NULL)
		return refuse(r, line_of(cfg), "%s: %s: '%.80s'", keyword->name,
		    complaint, word);
	*(const char **)out = word;
	return 0;
}

/* The '}' of a check's section. */
static int
on_section_end(cfg_t *cfg, cfg_opt_t *opt)
{
	struct reader *r = reading;
	struct policy *policy = open_policy(r);
	const char *complaint;
	unsigned line;

	if (policy == NULL)
		return refuse_memory(r, line_of(cfg));
	if (strcmp(section_of(cfg), "policy") != 0)
		return refuse_keyword(r, cfg, opt->name);
	line = scan_next_section(&r->place);
	complaint = section_end(section_find(opt->name), policy, line, r->seen);
	if (complaint == take_no_memory)
		return refuse_memory(r, line);
	if (complaint != NULL)
		return refuse(r, line, "%s: %s", opt->name, complaint);
	return 0;
}

/* The '}' of a policy. */
static int
on_policy_end(cfg_t *cfg, cfg_opt_t *opt)
{
	struct reader *r = reading;
	struct policy *policy = open_policy(r);
	const char *name = cfg_title(
	    cfg_opt_getnsec(opt, cfg_opt_size(opt) - 1));
	const char *complaint;

	if (policy == NULL)
		return refuse_memory(r, line_of(cfg));
	complaint = validate_name(name);
	if (complaint != NULL)
		return refuse(r, r->opened, "%s: '%.80s'", complaint, name);
	if (refuse_twin(r, r->opened, name) < 0)
		return r->error;
	policy->name = strdup(name);
	policy->file = strdup(r->file);
	policy->line = r->opened;
	if (policy->name == NULL || policy->file == NULL)
		return refuse_memory(r, r->opened);
	r->is_open = false;
	r->seen &= keyword_bit(keyword_find("", "events"));
	return 0;
}

#define OPTIONS_MAX 24 /* in one section, with the end */

struct grammar {
	cfg_opt_t top[OPTIONS_MAX];
	cfg_opt_t policy[OPTIONS_MAX];
	cfg_opt_t checks[N_SECTIONS][OPTIONS_MAX];
};

/*
 * The keywords of one section.  Nothing has a default here: a default of
 * libconfuse's is not told from a word of the file.
 */
static cfg_opt_t *
add_keywords(cfg_opt_t *to, const char *section)
{
	for (size_t i = 0; i < n_keywords; i++) {
		const struct keyword *k = &keywords[i];
		cfg_flag_t flags = CFGF_NODEFAULT |
		                   (k->is_list ? CFGF_LIST : CFGF_NONE);

		if (strcmp(k->section, section) == 0)
			*to++ = (cfg_opt_t)CFG_STR_CB(
			    k->name, NULL, flags, on_word);
	}
	return to;
}

static cfg_opt_t *
add_section(cfg_opt_t *to, const char *name, cfg_opt_t *options,
    cfg_flag_t flags, cfg_validate_callback_t on_end)
{
	*to = (cfg_opt_t)CFG_SEC(name, options, CFGF_MULTI | flags);
	to->validcb = on_end;
	return to + 1;
}

/* All-zero options, which g begins with, are the ends of their lists. */
static void
grammar_init(struct grammar *g)
{
	cfg_opt_t *to = add_keywords(g->policy, "policy");

	for (size_t i = 0; i < N_SECTIONS; i++) {
		const char *name = sections[i].name;

		(void)add_keywords(g->checks[i], name);
		to = add_section(
		    to, name, g->checks[i], CFGF_NONE, on_section_end);
	}
	to = add_keywords(g->top, "");
	(void)add_section(to, "policy", g->policy,
	    CFGF_TITLE | CFGF_NO_TITLE_DUPES, on_policy_end);
}

static void
cfg_release(cfg_t **cfg)
{
	if (*cfg != NULL)
		(void)cfg_free(*cfg);
}

/* Parse a clean text with no environment to look into. */
static int
parse_text(struct reader *r, const char *text)
{
	static char *nothing[] = { NULL };
	struct grammar grammar = { 0 };
	SCOPED(cfg_release) cfg_t *cfg = NULL;
	char **saved = environ;
	int failed = 1;

	grammar_init(&grammar);
	environ = nothing;
	cfg = cfg_init(grammar.top, CFGF_NONE);
	if (cfg != NULL) {
		(void)cfg_set_error_function(cfg, on_error);
		reading = r;
		failed = cfg_parse_buf(cfg, text);
		reading = NULL;
	}
	environ = saved;
	if (cfg == NULL)
		return refuse_memory(r, 1);
	return failed ? refuse(r, 1, "libconfuse cannot read this") : 0;
}

static int
read_file(struct reader *r, const struct trusted_file *file)
{
	SCOPED(text_release) char *text = malloc(file->len + 1);
	struct scan_fault fault;

	r->file = file->path;
	if (text == NULL)
		return refuse_memory(r, 1);
	if (file->len > PARSE_FILE_MAX)
		return refuse(r, 1, "longer than %d bytes", PARSE_FILE_MAX);
	memcpy(text, file->text, file->len);
	text[file->len] = '\0';
	if (scan_clean(text, file->len, &fault) < 0) {
		if (fault.byte == '\0')
			return refuse(r, fault.line, "%s", fault.what);
		return refuse(r, fault.line,
		    fault.byte > 0x20 && fault.byte < 0x7f ? "%s: '%c'"
							   : "%s: byte 0x%02x",
		    fault.what, fault.byte);
	}
	r->place = (struct scan_place){ text, 1 };
	return parse_text(r, text);
}

int
parse_policies(const struct trusted_files *files, struct policies *out,
    char why[PARSE_WHY])
{
	SCOPED(reader_release) struct reader r = { .why = why };

	why[0] = '\0';
	for (size_t i = 0; i < files->n; i++)
		if (read_file(&r, &files->at[i]) < 0)
			return r.error;
	*out = r.all;
	r.all = (struct policies){ 0 };
	return 0;
}

const char *const *
parse_keywords(const char *section)
{
	return keyword_names(section);
}

#include "cli/stack.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* Linux-PAM before 1.6 reads the rest as a line of its own. */
#define LINE_MAX_LEN 1000

#define BLANKS " \t"

static void
line_release(struct stack_line *line)
{
	free(line->what);
	free(line->words);
	*line = (struct stack_line){ 0 };
}

void
stack_release(struct stack *stack)
{
	for (size_t i = 0; i < stack->n; i++)
		line_release(&stack->at[i]);
	free(stack->at);
	free(stack->text);
	*stack = (struct stack){ 0 };
}

/* --- a line in pieces --------------------------------------------------- */

/* What has been read of one line that may go on in the next. */
struct pieces {
	char text[LINE_MAX_LEN + 1];
	size_t len;
	bool goes_on;
};

/* The bytes of a line that are no text; NULL: none. */
static const char *
strange_bytes(const char *line, size_t len)
{
	if (len > LINE_MAX_LEN)
		return "the line is longer than 1000 bytes";
	for (size_t i = 0; i < len; i++)
		if (((unsigned char)line[i] < ' ' && line[i] != '\t') ||
		    line[i] == 127)
			return "there is a control byte in the line";
	return NULL;
}

/* Without what is a comment.  Returns what is wrong, or NULL. */
static const char *
cut_comment(const char *line, size_t *len)
{
	const char *hash = memchr(line, '#', *len);

	if (hash == NULL)
		return NULL;
	if (hash > line && strchr(BLANKS, hash[-1]) == NULL)
		return "there is a '#' within a word";
	*len = (size_t)(hash - line);
	return NULL;
}

static size_t
trimmed(const char *line, size_t len)
{
	while (len > 0 && strchr(BLANKS, line[len - 1]) != NULL)
		len--;
	return len;
}

/* Take one line of the file, without its newline.  Returns what is wrong. */
static const char *
take_piece(struct pieces *pieces, const char *line, size_t len)
{
	const char *wrong = strange_bytes(line, len);
	size_t whole = len;

	if (wrong == NULL)
		wrong = cut_comment(line, &len);
	if (wrong != NULL)
		return wrong;
	if (trimmed(line, len) == 0)
		return NULL; /* also between two pieces */
	pieces->goes_on = false;
	if (line[trimmed(line, len) - 1] == '\\') {
		if (trimmed(line, len) != whole)
			return "there is something behind a backslash at the "
			       "end";
		len--;
		if (trimmed(line, len) == len)
			return "there is no blank before a backslash at the "
			       "end";
		pieces->goes_on = true;
	}
	len = trimmed(line, len);
	if (pieces->len + len + 1 > LINE_MAX_LEN)
		return "the line is longer than 1000 bytes";
	memcpy(pieces->text + pieces->len, line, len);
	pieces->len += len;
	pieces->text[pieces->len++] = ' ';
	pieces->text[pieces->len] = '\0';
	return NULL;
}

/* --- words -------------------------------------------------------------- */

/* The next word, in brackets or not; *rest goes behind it.  NULL: none. */
static char *
next_word(char **rest)
{
	char *word = *rest + strspn(*rest, BLANKS);
	size_t len = word[0] == '[' ? strcspn(word, "]") : 0;

	len += strcspn(word + len, BLANKS);
	if (len == 0)
		return NULL;
	*rest = word + len + (word[len] != '\0' ? 1 : 0);
	word[len] = '\0';
	return word;
}

static bool
is_among(const char *word, const char *const *words)
{
	for (; *words != NULL; words++)
		if (strcasecmp(word, *words) == 0)
			return true;
	return false;
}

/* One VALUE=ACTION. */
static const char *
take_action(const char *pair, struct stack_line *line)
{
	static const char *const actions[] = { "ignore", "bad", "die", "ok",
		"done", "reset", NULL };
	size_t len = strspn(pair, "abcdefghijklmnopqrstuvwxyz_");
	const char *action = pair + len + 1;

	if (len == 0 || pair[len] != '=')
		return "there is no VALUE=ACTION in the brackets";
	if (is_among(action, actions)) {
		if (strcasecmp(action, "done") == 0)
			line->ends_early = true;
		return NULL;
	}
	len = strspn(action, "0123456789");
	if (len == 0 || len > 3 || action[len] != '\0')
		return "there is no such action";
	if ((unsigned)atoi(action) > line->jump)
		line->jump = (unsigned)atoi(action);
	return NULL;
}

static const char *
take_brackets(const char *control, struct stack_line *line)
{
	char pairs[LINE_MAX_LEN + 1];
	size_t len = strlen(control);
	char *rest = pairs, *pair;
	const char *wrong = NULL;

	if (control[len - 1] != ']' || strcspn(control, "]\\") != len - 1 ||
	    strcspn(control + 1, "[") != len - 1)
		return "the brackets are not one pair, with a blank behind";
	memcpy(pairs, control + 1, len - 2);
	pairs[len - 2] = '\0';
	while (wrong == NULL && (pair = next_word(&rest)) != NULL)
		wrong = take_action(pair, line);
	return wrong;
}

static const char *
take_control(const char *control, struct stack_line *line)
{
	static const char *const plain[] = { "required", "requisite",
		"optional", NULL };

	line->how = STACK_MODULE;
	if (control == NULL)
		return "the line ends early";
	if (control[0] == '[')
		return take_brackets(control, line);
	if (strcasecmp(control, "include") == 0)
		line->how = STACK_INCLUDE;
	else if (strcasecmp(control, "substack") == 0)
		line->how = STACK_SUBSTACK;
	else if (strcasecmp(control, "sufficient") == 0)
		line->ends_early = true;
	else if (!is_among(control, plain))
		return "there is no such control word";
	return NULL;
}

static const char *
take_type(const char *type, struct stack_line *line)
{
	static const char *const others[] = { "auth", "account", "password",
		NULL };

	if (strcasecmp(type, "@include") == 0) {
		line->type = STACK_ALL;
		line->how = STACK_INCLUDE;
		return NULL;
	}
	type += type[0] == '-' ? 1 : 0; /* silent where there is no module */
	if (strcasecmp(type, "session") == 0)
		line->type = STACK_SESSION;
	else if (is_among(type, others))
		line->type = STACK_OTHER;
	else
		return "there is no such type";
	return NULL;
}

/* A whole line.  Returns what is wrong; no memory is no reason. */
static const char *
take_words(char *text, struct stack_line *line)
{
	char *rest = text, *what;
	const char *wrong = take_type(next_word(&rest), line);

	if (wrong == NULL && line->type != STACK_ALL)
		wrong = take_control(next_word(&rest), line);
	if (wrong != NULL)
		return wrong;
	what = next_word(&rest);
	if (what == NULL)
		return "the line ends early";
	if (strpbrk(what, "[]\\\"'") != NULL)
		return "this is no name of a module or file";
	if (line->how != STACK_MODULE && next_word(&rest) != NULL)
		return "there are more words than PAM would read";
	line->what = strdup(what);
	return NULL;
}

/* The words, with one blank between two, outside of brackets. */
static char *
plain_words(const char *text)
{
	SCOPED(text_release) char *copy = strdup(text);
	char *out = calloc(1, strlen(text) + 1);
	char *rest = copy, *word, *end = out;

	if (copy == NULL || out == NULL) {
		free(out);
		return NULL;
	}
	while ((word = next_word(&rest)) != NULL) {
		if (end != out)
			*end++ = ' ';
		end = stpcpy(end, word);
	}
	return out;
}

/* --- the whole ---------------------------------------------------------- */

static int
add_line(struct stack *stack, struct stack_line *line)
{
	struct stack_line *more = realloc(
	    stack->at, (stack->n + 1) * sizeof(*more));

	if (more == NULL || line->what == NULL || line->words == NULL) {
		stack->at = more != NULL ? more : stack->at;
		return -ENOMEM;
	}
	stack->at = more;
	stack->at[stack->n++] = *line;
	*line = (struct stack_line){ 0 }; /* handed over */
	return 0;
}

static int
finish_line(struct stack *stack, struct pieces *pieces, struct stack_line *line,
    const char **out_why)
{
	int r;

	line->words = plain_words(pieces->text);
	*out_why = take_words(pieces->text, line);
	r = *out_why != NULL ? -EINVAL : add_line(stack, line);
	line_release(line);
	*pieces = (struct pieces){ 0 };
	return r;
}

/* Returns as stack_read(). */
static int
read_lines(struct stack *stack, unsigned *number, const char **out_why)
{
	struct pieces pieces = { 0 };
	struct stack_line line = { 0 };
	unsigned here = 0;
	size_t len;
	int r = 0;

	for (size_t at = 0; r == 0 && at < stack->len; at += len) {
		const char *text = stack->text + at;
		const char *end = memchr(text, '\n', stack->len - at);
		size_t bare = end != NULL ? (size_t)(end - text)
		                          : stack->len - at;

		len = bare + (end != NULL ? 1 : 0);
		here++;
		if (!pieces.goes_on) {
			line.at = at;
			*number = line.number = here;
		}
		*out_why = take_piece(&pieces, text, bare);
		if (*out_why != NULL)
			return -EINVAL;
		line.len = at + len - line.at;
		if (pieces.len > 0 && !pieces.goes_on)
			r = finish_line(stack, &pieces, &line, out_why);
	}
	if (r == 0 && pieces.goes_on) {
		*out_why = "the file ends where the line should go on";
		r = -EINVAL;
	}
	return r;
}

int
stack_read(const char *text, size_t len, struct stack *out, unsigned *out_line,
    const char **out_why)
{
	SCOPED(stack_release) struct stack stack = { .len = len };
	int r;

	stack.text = malloc(len + 1);
	if (stack.text == NULL)
		return -ENOMEM;
	memcpy(stack.text, text, len);
	stack.text[len] = '\0';
	r = read_lines(&stack, out_line, out_why);
	if (r < 0)
		return r;
	*out = stack;
	stack = (struct stack){ 0 }; /* handed over */
	return 0;
}

bool
stack_is_of(const struct stack_line *line, const char *module)
{
	const char *slash = strrchr(line->what, '/');

	return line->how == STACK_MODULE &&
	       strcmp(slash != NULL ? slash + 1 : line->what, module) == 0;
}

bool
stack_has(const struct stack_line *line, const char *word)
{
	size_t len = strlen(word);

	for (const char *at = line->words; (at = strstr(at, word)) != NULL;
	     at += len)
		if ((at == line->words || at[-1] == ' ') &&
		    (at[len] == ' ' || at[len] == '\0'))
			return true;
	return false;
}

char *
stack_insert(const struct stack *stack, size_t at, const char *line)
{
	bool is_bare = at == stack->len && at > 0 &&
	               stack->text[at - 1] != '\n';
	char *text;

	if (asprintf(&text, "%.*s%s%s%s%s", (int)at, stack->text,
		is_bare ? "\n" : "", line, is_bare ? "" : "\n",
		stack->text + at) < 0)
		return NULL;
	return text;
}

char *
stack_remove(const struct stack *stack, const struct stack_line *line)
{
	size_t begin = line->at, end = line->at + line->len;
	char *text;

	/* The newline before it goes when it has none of its own. */
	if (end == stack->len && begin > 0 && stack->text[end - 1] != '\n')
		begin--;
	if (asprintf(&text, "%.*s%s", (int)begin, stack->text,
		stack->text + end) < 0)
		return NULL;
	return text;
}

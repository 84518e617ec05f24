#include "policy/scan.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

/* A list in a check's section in a policy. */
#define DEPTH_MAX 3

struct scan {
	char *at;
	char *end;
	unsigned line;
	size_t depth;
	unsigned opened[DEPTH_MAX]; /* the lines of the open braces */
	char last;                  /* what stood last, blanks apart */
	struct scan_fault *fault;
};

static int
fault(struct scan *s, unsigned line, const char *what, char byte)
{
	*s->fault = (struct scan_fault){ line, what, (unsigned char)byte };
	return -EINVAL;
}

static bool
is_control(char byte)
{
	return (unsigned char)byte < 0x20 || byte == 0x7f;
}

static bool
has_next(const struct scan *s, char byte)
{
	return s->end - s->at >= 2 && s->at[1] == byte;
}

/* Blank what stands here, but for the ends of lines. */
static void
blank(struct scan *s)
{
	if (*s->at == '\n')
		s->line++;
	else
		*s->at = ' ';
	s->at++;
}

static int
line_comment(struct scan *s)
{
	while (s->at < s->end && *s->at != '\n')
		blank(s);
	return 0;
}

static int
block_comment(struct scan *s)
{
	unsigned line = s->line;

	blank(s);
	blank(s); /* so that the second byte of its opening closes nothing */
	while (s->at < s->end) {
		bool is_last = *s->at == '*' && has_next(s, '/');

		blank(s);
		if (is_last) {
			blank(s);
			return 0;
		}
	}
	return fault(s, line, "a comment that is never closed", 0);
}

/* One byte of a quoted text, or a byte and what escapes it. */
static int
text_byte(struct scan *s, char quote, unsigned line)
{
	if (*s->at == '\n')
		return fault(s, line, "a text that its line does not close", 0);
	if (*s->at == '\0')
		return fault(s, line, "a NUL byte", 0);
	if (is_control(*s->at) && *s->at != '\t')
		return fault(s, line, "a control byte in a text", *s->at);
	if (*s->at == '$' && has_next(s, '{'))
		return fault(s, line,
		    "'${' is never expanded: write the value itself", 0);
	if (*s->at != '\\' || s->end - s->at < 2 || s->at[1] == '\n') {
		s->at++;
		return 0;
	}
	/*
	 * In '...' libconfuse keeps the backslash of any other pair; in "..."
	 * it drops it, and "\0" ends the text.
	 */
	if (quote == '"' && s->at[1] != '\\' && s->at[1] != '"')
		return fault(s, line,
		    "in \"...\" a backslash is written twice, before this",
		    s->at[1]);
	if (quote == '\'' && is_control(s->at[1]))
		return fault(
		    s, line, "a control byte behind a backslash", s->at[1]);
	s->at += 2;
	return 0;
}

static int
quoted_text(struct scan *s)
{
	unsigned line = s->line;
	char quote = *s->at++;

	while (s->at < s->end && *s->at != quote) {
		int r = text_byte(s, quote, line);

		if (r < 0)
			return r;
	}
	if (s->at == s->end)
		return fault(s, line, "a text that its line does not close", 0);
	s->at++;
	s->last = quote;
	return 0;
}

static int
opening_brace(struct scan *s)
{
	if (s->depth == DEPTH_MAX)
		return fault(s, s->line, "braces are nested too deeply", 0);
	s->opened[s->depth++] = s->line;
	/* "={" is remembered as one: the next byte tells an empty list. */
	s->last = s->last == '=' ? '[' : '{';
	s->at++;
	return 0;
}

static int
closing_brace(struct scan *s)
{
	if (s->depth == 0)
		return fault(s, s->line, "a '}' that closes nothing", 0);
	if (s->last == '[')
		return fault(s, s->line,
		    "an empty list: name something, or leave it out", 0);
	s->depth--;
	s->last = '}';
	s->at++;
	return 0;
}

/*
 * A bare word, '=' or ','.  Slashes within a word begin no comment: neither
 * do they for libconfuse.
 */
static int
bare_word(struct scan *s)
{
	static const char known[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_-./:@%~";
	char *start = s->at;

	while (s->at < s->end && *s->at != '\0' && strchr(known, *s->at))
		s->last = *s->at++;
	if (s->at > start)
		return 0;
	if (*s->at == '\0')
		return fault(s, s->line, "a NUL byte", 0);
	if (*s->at == '$' && has_next(s, '{'))
		return fault(s, s->line,
		    "'${' is never expanded: write the value itself", 0);
	if (*s->at != '=' && *s->at != ',')
		return fault(
		    s, s->line, "outside quotes this means nothing", *s->at);
	s->last = *s->at++;
	return 0;
}

static int
next_word(struct scan *s)
{
	switch (*s->at) {
	case '\n':
		s->line++;
		s->at++;
		return 0;
	case ' ':
	case '\t':
		s->at++;
		return 0;
	case '\r':
		*s->at++ = ' ';
		return 0;
	case '#':
		return line_comment(s);
	case '"':
	case '\'':
		return quoted_text(s);
	case '{':
		return opening_brace(s);
	case '}':
		return closing_brace(s);
	default:
		if (*s->at == '/' && has_next(s, '/'))
			return line_comment(s);
		if (*s->at == '/' && has_next(s, '*'))
			return block_comment(s);
		return bare_word(s);
	}
}

int
scan_clean(char *text, size_t len, struct scan_fault *out)
{
	struct scan s = {
		.at = text, .end = text + len, .line = 1, .fault = out
	};

	while (s.at < s.end) {
		int r = next_word(&s);

		if (r < 0)
			return r;
	}
	if (s.depth > 0)
		return fault(
		    &s, s.opened[s.depth - 1], "a '{' that is never closed", 0);
	return 0;
}

/* Behind the quoted text at c, in a text that is clean. */
static const char *
behind_text(const char *c)
{
	char quote = *c++;

	while (*c != '\0' && *c != quote)
		c += *c == '\\' && c[1] != '\0' ? 2 : 1;
	return *c != '\0' ? c + 1 : c;
}

unsigned
scan_next_section(struct scan_place *place)
{
	const char *c = place->at;
	char last = '\0';

	while (*c != '\0') {
		char byte = *c;

		if (byte == '"' || byte == '\'') {
			c = behind_text(c);
			last = byte;
			continue;
		}
		c++;
		if (byte == '\n')
			place->line++;
		if (byte == '{' && last != '=') {
			place->at = c;
			return place->line;
		}
		if (byte != ' ' && byte != '\t' && byte != '\n')
			last = byte;
	}
	place->at = c;
	return 0;
}

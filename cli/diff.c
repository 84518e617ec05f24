#include "cli/diff.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define CONTEXT 3

/* A text of which some is looked at, in whole lines. */
struct side {
	const char *text;
	size_t n;           /* lines in all */
	size_t begin, end;  /* those that differ */
	size_t first, last; /* and those that are shown */
};

/* The bytes of a line, with its newline; 0: there is none any more. */
static size_t
line_len(const char *line)
{
	size_t len = strcspn(line, "\n");

	return len + (line[len] == '\n' ? 1 : 0);
}

static const char *
line_at(const char *text, size_t n)
{
	while (n-- > 0)
		text += line_len(text);
	return text;
}

static size_t
count_lines(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text += line_len(text))
		n++;
	return n;
}

static int
is_same_line(const char *one, const char *other)
{
	size_t len = line_len(one);

	return len == line_len(other) && memcmp(one, other, len) == 0;
}

static void
find_difference(struct side *a, struct side *b)
{
	const char *one = a->text, *other = b->text;

	while (*one != '\0' && *other != '\0' && is_same_line(one, other)) {
		one += line_len(one);
		other += line_len(other);
		a->begin++;
	}
	b->begin = a->begin;
	a->end = a->n;
	b->end = b->n;
	while (a->end > a->begin && b->end > b->begin &&
	       is_same_line(line_at(a->text, a->end - 1),
		   line_at(b->text, b->end - 1))) {
		a->end--;
		b->end--;
	}
}

static void
add_context(struct side *side)
{
	side->first = side->begin > CONTEXT ? side->begin - CONTEXT : 0;
	side->last = side->n - side->end > CONTEXT ? side->end + CONTEXT
	                                           : side->n;
}

static void
print_lines(char mark, const char *text, size_t from, size_t to)
{
	const char *line = line_at(text, from);

	for (; from < to; from++, line += line_len(line)) {
		size_t len = strcspn(line, "\n");

		printf("%c%.*s\n%s", mark, (int)len, line,
		    line[len] == '\n' ? "" : "\\ No newline at end of file\n");
	}
}

/* Where a side is shown: an empty one is named by the line before it. */
static size_t
first_number(const struct side *side)
{
	return side->last > side->first ? side->first + 1 : side->first;
}

void
diff_print(const char *path, const char *old, const char *text)
{
	struct side a = { .text = old, .n = count_lines(old) };
	struct side b = { .text = text, .n = count_lines(text) };

	find_difference(&a, &b);
	add_context(&a);
	add_context(&b);
	printf("--- %s\n+++ %s\n@@ -%zu,%zu +%zu,%zu @@\n", path, path,
	    first_number(&a), a.last - a.first, first_number(&b),
	    b.last - b.first);
	print_lines(' ', old, a.first, a.begin);
	print_lines('-', old, a.begin, a.end);
	print_lines('+', text, b.begin, b.end);
	print_lines(' ', old, a.end, a.last);
}

#include "cli/stack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/scope.h"

#define OURS "session    required    pam_execguard.so"

/* What lines 1000 bytes long, and one more, are made of. */
#define TEN     "0123456789"
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN
#define NINE_HUNDRED                                                           \
	HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED
#define THOUSAND NINE_HUNDRED HUNDRED

/* clang-format off */
static const struct reading_row {
	const char *name;
	const char *text;
	const char *want; /* "NUMBER WORDS|" of each session line; or, */
	unsigned line;    /* where this is wrong, */
	const char *why;  /* a piece of why */
} reading_rows[] = {
	{ "an empty file has no line", "", "", 0, NULL },
	{ "blank lines and comments say nothing",
	    "\n \t\n# session required a.so\n\t#x\n", "", 0, NULL },
	{ "a line is words", "session required a.so b c\n",
	    "1 session required a.so b c|", 0, NULL },
	{ "between words is any number of blanks and tabs",
	    " \tsession\trequired  a.so \t b \n",
	    "1 session required a.so b|", 0, NULL },
	{ "the other types are passed over",
	    "auth required a.so\naccount required a.so\n"
	    "password required a.so\nsession required b.so\n",
	    "4 session required b.so|", 0, NULL },
	{ "capitals are as good", "SESSION Required a.so\n",
	    "1 SESSION Required a.so|", 0, NULL },
	{ "a module that may be missing is a line, too",
	    "-session optional a.so\n", "1 -session optional a.so|", 0, NULL },
	{ "the last line needs no newline", "\nsession required a.so",
	    "2 session required a.so|", 0, NULL },
	{ "a comment ends a line", "session required a.so # b\n",
	    "1 session required a.so|", 0, NULL },
	{ "a line goes on after a backslash",
	    "session \\\n  required \\\n a.so\nsession required b.so\n",
	    "1 session required a.so|4 session required b.so|", 0, NULL },
	{ "over comments and blank lines",
	    "session required \\\n\n# c\na.so\n",
	    "1 session required a.so|", 0, NULL },
	{ "an include is a line of every type", "@include common-session\n",
	    "1 @include common-session|", 0, NULL },
	{ "so are include and substack of sessions",
	    "session include a\nsession substack b\nauth include c\n",
	    "1 session include a|2 session substack b|", 0, NULL },
	{ "brackets are one word",
	    "session [success=ok ignore=ignore default=bad] a.so close\n",
	    "1 session [success=ok ignore=ignore default=bad] a.so close|",
	    0, NULL },
	{ "and the module's words may have them",
	    "session required a.so [b = c] d\n",
	    "1 session required a.so [b = c] d|", 0, NULL },
	{ "a line of 1000 bytes is read", "# " NINE_HUNDRED
	    TEN TEN TEN TEN TEN TEN TEN TEN TEN "01234567\n", "", 0, NULL },

	{ "a longer one is not", "\n#" THOUSAND "\n", NULL, 2, "1000 bytes" },
	{ "nor one in pieces", "session required a.so \\\n " NINE_HUNDRED
	    " \\\n " HUNDRED "\n", NULL, 1, "1000 bytes" },
	{ "a type of no meaning", "session required a.so\nsesion required a.so",
	    NULL, 2, "no such type" },
	{ "a control word of no meaning", "session needed a.so\n", NULL, 1,
	    "no such control word" },
	{ "a wrong line of another type", "auth needed a.so\n", NULL, 1,
	    "no such control word" },
	{ "a line without control", "session\n", NULL, 1, "ends early" },
	{ "a line without module", "session required # a.so\n", NULL, 1,
	    "ends early" },
	{ "an include of nothing", "@include\n", NULL, 1, "ends early" },
	{ "an include with more words", "@include a b\n", NULL, 1,
	    "more words" },
	{ "a substack with more words", "session substack a b\n", NULL, 1,
	    "more words" },
	{ "brackets that stay open", "session [success=ok a.so\n", NULL, 1,
	    "brackets" },
	{ "brackets with something behind", "session [success=ok]x a.so\n",
	    NULL, 1, "brackets" },
	{ "brackets in brackets", "session [[success=ok] a.so\n", NULL, 1,
	    "brackets" },
	{ "a bracket that is escaped", "session [a=ok\\] a.so] b.so\n", NULL,
	    1, "brackets" },
	{ "an action of no meaning", "session [success=fine] a.so\n", NULL, 1,
	    "no such action" },
	{ "a jump of no number", "session [success=1x] a.so\n", NULL, 1,
	    "no such action" },
	{ "no pair", "session [success] a.so\n", NULL, 1, "VALUE=ACTION" },
	{ "a pair with blanks", "session [success = ok] a.so\n", NULL, 1,
	    "VALUE=ACTION" },
	{ "a quoted module", "session required \"a.so\"\n", NULL, 1,
	    "no name" },
	{ "a carriage return", "session required a.so\r\n", NULL, 1,
	    "control byte" },
	{ "an escape in a comment", "\n# \033[2J\n", NULL, 2, "control byte" },
	{ "a '#' in a word", "session required a.so b#c\n", NULL, 1,
	    "within a word" },
	{ "a blank behind a backslash", "session required a.so \\ \n\n", NULL,
	    1, "behind a backslash" },
	{ "a comment behind a backslash", "session required a.so \\ # b\n",
	    NULL, 1, "behind a backslash" },
	{ "a word that is cut by a backslash", "session requi\\\nred a.so\n",
	    NULL, 1, "before a backslash" },
	{ "a file that ends where a line should go on",
	    "\nsession required a.so \\\n", NULL, 2, "the file ends" },
	{ "and over a comment", "session required a.so \\\n# b\n", NULL, 1,
	    "the file ends" },
};

static const struct jump_row {
	const char *name;
	const char *text;
	unsigned jump;
	bool ends_early;
} jump_rows[] = {
	{ "required goes on", "session required a.so", 0, false },
	{ "requisite ends in refusal only", "session requisite a.so", 0,
	    false },
	{ "sufficient ends the stack", "session sufficient a.so", 0, true },
	{ "done does", "session [success=done default=ignore] a.so", 0, true },
	{ "a number skips", "session [default=1] a.so", 1, false },
	{ "of two, the greater", "session [success=2 default=12 x=3] a.so", 12,
	    false },
};

/* A line that is put in; -1: at the end. */
static const struct edit_row {
	const char *name;
	const char *text;
	int before; /* the line of that index */
	const char *want;
} edit_rows[] = {
	{ "at the end", "session required a.so\n", -1,
	    "session required a.so\n" OURS "\n" },
	{ "behind comments and blank lines", "session required a.so\n\n# x\n",
	    -1, "session required a.so\n\n# x\n" OURS "\n" },
	{ "a last line without newline stays without",
	    "session required a.so", -1, "session required a.so\n" OURS },
	{ "behind a comment without newline",
	    "session required a.so\n# x", -1,
	    "session required a.so\n# x\n" OURS },
	{ "before a line, behind its comment",
	    "# x\nsession required a.so\nsession required b.so\n", 0,
	    "# x\n" OURS "\nsession required a.so\nsession required b.so\n" },
	{ "before a line that goes on",
	    "auth required x.so\nsession \\\n\trequired \\\n\ta.so\n# y", 1,
	    "auth required x.so\n" OURS
	    "\nsession \\\n\trequired \\\n\ta.so\n# y" },
	{ "tabs, trailing blanks and other bytes stay",
	    "session\trequired\ta.so  \t\n# \303\251\t\n\n@include b \n", -1,
	    "session\trequired\ta.so  \t\n# \303\251\t\n\n@include b \n"
	    OURS "\n" },
};
/* clang-format on */

static void
print_sessions(const struct stack *stack, char *out, size_t size)
{
	size_t len = 0;

	out[0] = '\0';
	for (size_t i = 0; i < stack->n; i++)
		if (stack->at[i].type != STACK_OTHER)
			len += (size_t)snprintf(out + len, size - len, "%u %s|",
			    stack->at[i].number, stack->at[i].words);
}

static void
reading_test(void **state)
{
	const struct reading_row *row = *state;
	SCOPED(stack_release) struct stack stack = { 0 };
	const char *why = NULL;
	unsigned line = 0;
	char got[4096];
	int r = stack_read(row->text, strlen(row->text), &stack, &line, &why);

	if (row->want != NULL) {
		assert_int_equal(r, 0);
		print_sessions(&stack, got, sizeof(got));
		assert_string_equal(got, row->want);
		return;
	}
	assert_true(r < 0);
	assert_non_null(why);
	assert_int_equal(line, row->line);
	assert_non_null(strstr(why, row->why));
	assert_null(stack.text);
}

static void
jump_test(void **state)
{
	const struct jump_row *row = *state;
	SCOPED(stack_release) struct stack stack = { 0 };
	const char *why = NULL;
	unsigned line = 0;

	assert_int_equal(
	    stack_read(row->text, strlen(row->text), &stack, &line, &why), 0);
	assert_int_equal(stack.at[0].jump, row->jump);
	assert_int_equal(stack.at[0].ends_early, row->ends_early);
}

/* Our line in a text, or NULL. */
static const struct stack_line *
find_ours(const struct stack *stack)
{
	for (size_t i = 0; i < stack->n; i++)
		if (stack_is_of(&stack->at[i], "pam_execguard.so"))
			return &stack->at[i];
	return NULL;
}

static void
edit_test(void **state)
{
	const struct edit_row *row = *state;
	SCOPED(stack_release) struct stack stack = { 0 };
	SCOPED(stack_release) struct stack after = { 0 };
	SCOPED(text_release) char *with = NULL;
	SCOPED(text_release) char *without = NULL;
	const char *why = NULL;
	unsigned line = 0;

	assert_int_equal(
	    stack_read(row->text, strlen(row->text), &stack, &line, &why), 0);
	assert_null(find_ours(&stack));
	with = stack_insert(&stack,
	    row->before < 0 ? stack.len : stack.at[row->before].at, OURS);
	assert_non_null(with);
	assert_string_equal(with, row->want);

	assert_int_equal(
	    stack_read(with, strlen(with), &after, &line, &why), 0);
	assert_non_null(find_ours(&after));
	without = stack_remove(&after, find_ours(&after));
	assert_non_null(without);
	assert_string_equal(without, row->text);
}

static void
path_test(void **state UNUSED)
{
	static const char text[] = "session required \\\n"
				   "    /lib/x/pam_execguard.so \\\n"
				   "    debug conf=/x\n"
				   "session required xpam_execguard.so open\n"
				   "session include pam_execguard.so\n";
	SCOPED(stack_release) struct stack stack = { 0 };
	SCOPED(text_release) char *without = NULL;
	const char *why = NULL;
	unsigned line = 0;

	assert_int_equal(
	    stack_read(text, sizeof(text) - 1, &stack, &line, &why), 0);
	assert_true(stack_is_of(&stack.at[0], "pam_execguard.so"));
	assert_false(stack_is_of(&stack.at[1], "pam_execguard.so"));
	assert_false(stack_is_of(&stack.at[2], "pam_execguard.so"));
	assert_true(stack_has(&stack.at[0], "debug"));
	assert_false(stack_has(&stack.at[0], "conf"));
	assert_true(stack_has(&stack.at[1], "open"));
	without = stack_remove(&stack, &stack.at[0]);
	assert_string_equal(without, "session required xpam_execguard.so open\n"
				     "session include pam_execguard.so\n");
}

static void
nul_test(void **state UNUSED)
{
	SCOPED(stack_release) struct stack stack = { 0 };
	const char *why = NULL;
	unsigned line = 0;

	assert_true(stack_read("#\n#\0\n", 5, &stack, &line, &why) < 0);
	assert_int_equal(line, 2);
}

int
main(void)
{
	struct CMUnitTest
	    tests[LENGTH(reading_rows) + LENGTH(jump_rows) + LENGTH(edit_rows)];
	const struct CMUnitTest others[] = {
		cmocka_unit_test(path_test),
		cmocka_unit_test(nul_test),
	};
	size_t n = 0;

	for (size_t i = 0; i < LENGTH(reading_rows); i++)
		tests[n++] = (struct CMUnitTest){
			.name = reading_rows[i].name,
			.test_func = reading_test,
			.initial_state = (void *)(uintptr_t)&reading_rows[i],
		};
	for (size_t i = 0; i < LENGTH(jump_rows); i++)
		tests[n++] = (struct CMUnitTest){
			.name = jump_rows[i].name,
			.test_func = jump_test,
			.initial_state = (void *)(uintptr_t)&jump_rows[i],
		};
	for (size_t i = 0; i < LENGTH(edit_rows); i++)
		tests[n++] = (struct CMUnitTest){
			.name = edit_rows[i].name,
			.test_func = edit_test,
			.initial_state = (void *)(uintptr_t)&edit_rows[i],
		};
	return cmocka_run_group_tests_name("stack", tests, NULL, NULL) +
	       cmocka_run_group_tests_name("stack, else", others, NULL, NULL);
}

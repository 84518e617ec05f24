#include "policy/parse.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/trusted.h"

/* clang-format off */
#define P(inside) "policy \"x\" {\n" inside "\n}\n"
#define T(inside) P("tpe { own = true\n" inside " }")
#define E(inside) P("exec { default = deny\n" inside " }")
#define X4(text) text text text text
#define X16(text) X4(X4(text))
#define S(inside) P("segvguard {\n" inside " }")

static const struct row {
	const char *name;
	const char *text;
	const char *want; /* why, without the file; "": it is fine */
} rows[] = {
	{ "an empty file", "", "" },
	{ "nothing but a comment", "# policy", "" },
	{ "all four kinds of comment, even with ${",
	    "# ${A}\n// ${B}\n/* ${C}\n */\n//x\n" P("mode = enforce"), "" },
	{ "a comment behind a word", P("mode = enforce # ${X}"), "" },
	{ "an empty policy", P(""), "" },
	{ "ends of lines as in Windows", "policy \"x\" {\r\n}\r\n", "" },
	{ "a list of one needs no braces", P("users = \"anna\""), "" },
	{ "a list may end in a comma", P("users = { \"anna\", }"), "" },
	{ "a word without quotes", P("users = { anna, 1-2 }"), "" },
	{ "a backslash before a quote", P("message = \"say \\\"hi\\\"\""), "" },

	{ "an unknown keyword outside a policy", "\nvents = \"/x\"",
	    "2: unknown keyword 'vents' outside any policy" },
	{ "an unknown keyword in a policy", P("user = a"),
	    "2: unknown keyword 'user' in policy" },
	{ "an unknown keyword in a check", T("root = \"/\""),
	    "3: unknown keyword 'root' in tpe" },
	{ "a keyword in the wrong place", P("events = \"/x\""),
	    "2: unknown keyword 'events' in policy" },
	{ "an unknown check", P("pax { pie = true }"),
	    "2: unknown keyword 'pax' in policy" },
	{ "a kind of ELF file is required or not", P("elf { pie = true }"),
	    "2: pie: unknown value (any or require): 'true'" },
	{ "a manifest is an absolute path", P("integrity { manifest = \"m\" }"),
	    "2: manifest: not an absolute path: 'm'" },
	{ "integrity needs one", P("integrity { weak = true }"),
	    "2: integrity: without manifest it knows nothing" },
	{ "a check outside a policy", "tpe { own = true }",
	    "1: unknown keyword 'tpe' outside any policy" },
	{ "a policy in a policy", P("policy \"y\" {}"),
	    "2: unknown keyword 'policy' in policy" },
	{ "a keyword by its path", P("tpe { own = true }\n\"tpe|own\" = false"),
	    "3: unknown keyword 'own' in policy" },
	{ "a check by its path",
	    P("") "mode = a \"policy|tpe\" { own = true }",
	    "4: unknown keyword 'mode' outside any policy" },
	{ "a keyword in capitals", P("Mode = enforce"),
	    "2: unknown keyword 'Mode' in policy" },
	{ "an include", "include(\"/etc/passwd\")",
	    "1: outside quotes this means nothing: '('" },

	{ "a keyword given twice", P("mode = enforce\nmode = permissive"),
	    "3: 'mode' is given twice" },
	{ "a list given twice", P("users = {a}\nusers = {b}"),
	    "3: 'users' is given twice" },
	{ "a list of one given twice", P("users = a\nusers = a"),
	    "3: 'users' is given twice" },
	{ "adding to a list", P("users = {a}\nusers += {b}"),
	    "3: outside quotes this means nothing: '+'" },
	{ "the same keyword in two policies",
	    P("mode = enforce") "policy \"y\" { mode = enforce }", "" },
	{ "the same keyword in two checks",
	    P("tpe { own = true action = warn }\n"
		"segvguard { action = warn }"), "" },
	{ "a check given twice",
	    P("tpe { own = true }\ntpe { roots = {\"/\"} }"),
	    "3: tpe: a second section of this name in one policy" },
	{ "events given twice", "events = \"/x\"\n\nevents = \"/y\"",
	    "3: 'events' is given twice" },
	{ "two policies of one name", P("") "\npolicy \"x\" {\n}",
	    "5: duplicate policy 'x': the first is at f.conf:1" },
	{ "a policy without a name", "policy {\n}",
	    "1: missing title for section 'policy'" },
	{ "a policy with an empty name", "\npolicy \"\" {\n}",
	    "2: a policy needs a name: ''" },

	{ "an unknown mode", P("mode = strict"),
	    "2: mode: unknown mode (enforce or permissive): 'strict'" },
	{ "an unknown end", P("on_logout = wait"),
	    "2: on_logout: unknown value (keep or kill): 'wait'" },
	{ "an unknown action", T("action = block"),
	    "3: action: unknown action (allow, warn, filter, deny, stop, "
	    "abort, kill or exit): 'block'" },
	{ "an unknown switch", P("tpe {\nown = yes }"),
	    "3: own: unknown value (true or false): 'yes'" },
	{ "an unknown default", P("exec {\ndefault = warn }"),
	    "3: default: unknown value (deny or allow): 'warn'" },
	{ "a scope that there is not", S("scope = host"),
	    "3: scope: unknown scope (session or user): 'host'" },
	{ "a list where one word belongs", P("mode = { enforce }"),
	    "2: unexpected token '{'" },
	{ "an empty message", P("message = \"\""),
	    "2: message: an empty text: leave it out: ''" },

	{ "no crash at all", S("maxcrashes = 0"),
	    "3: maxcrashes: not a number from 1 to 32: '0'" },
	{ "too many crashes", S("maxcrashes = 33"),
	    "3: maxcrashes: not a number from 1 to 32: '33'" },
	{ "a negative number", S("maxcrashes = -1"),
	    "3: maxcrashes: not a number from 1 to 32: '-1'" },
	{ "a number of 80 bits", S("expiry = 999999999999999999999999"),
	    "3: expiry: not a number of seconds from 1 to 31536000 (a year): "
	    "'999999999999999999999999'" },
	{ "a number with a unit", S("suspension = 10m"),
	    "3: suspension: not a number of seconds from 1 to 31536000 (a "
	    "year): '10m'" },
	{ "the largest numbers",
	    S("maxcrashes = 32 expiry = 31536000 suspension = 31536000"), "" },

	{ "a range of users", P("users = {\"1000-1999\"}"), "" },
	{ "a range that ends before it begins", P("users = {\"9-8\"}"),
	    "2: users: neither a number nor a range LOW-HIGH with LOW <= "
	    "HIGH: '9-8'" },
	{ "a uid that nobody has", P("groups = {4294967295}"),
	    "2: groups: neither a number nor a range LOW-HIGH with LOW <= "
	    "HIGH: '4294967295'" },
	{ "an empty user", P("except_users = {\"\"}"),
	    "2: except_users: an empty word names nobody: ''" },
	{ "nobody at all", P("users = {}"),
	    "2: an empty list: name something, or leave it out" },
	{ "a user whom nobody knows", P("users = {\"no-such-user\"}"), "" },
	{ "an open set in a name", P("except_groups = {\"lab[1\"}"),
	    "2: except_groups: a '[' without its ']': 'lab[1'" },

	{ "a tpe that trusts nothing", P("\ntpe { owners = {\"root\"} }"),
	    "3: tpe: without roots it trusts nothing" },
	{ "own = false does not help", P("tpe { own = false }"),
	    "2: tpe: without roots it trusts nothing" },
	{ "a root that is not absolute", T("roots = {\"/usr\", \"opt\"}"),
	    "3: roots: not an absolute path: 'opt'" },
	{ "an empty root", T("roots = {\"\"}"),
	    "3: roots: not an absolute path: ''" },
	{ "a root with ..", T("roots = {\"/usr/../home\"}"),
	    "3: roots: a path with '.' or '..' in it: '/usr/../home'" },
	{ "a root with . at its end", T("roots = {\"/usr/.\"}"),
	    "3: roots: a path with '.' or '..' in it: '/usr/.'" },
	{ "dots within a name are no ..", T("roots = {\"/opt/..a/b..\"}"), "" },
	{ "a pattern as a root", T("roots = {\"/opt/*\"}"),
	    "3: roots: a path, not a pattern, belongs here: '/opt/*'" },
	{ "an unknown owner", T("owners = {\"no-such-user\"}"),
	    "3: owners: no such user: 'no-such-user'" },
	{ "an owner by number", T("owners = {4711}"), "" },
	{ "an unknown group of writers", T("writers = {\"no-such-group\"}"),
	    "3: writers: no such group: 'no-such-group'" },
	{ "an unknown filesystem", T("filesystems = {\"ext4\", \"foofs\"}"),
	    "3: filesystems: unknown filesystem type: 'foofs'" },
	{ "a memfd may be excepted", T("except = {\"memfd:runc*\"}"), "" },
	{ "any memfd says so", T("except = {\"memfd:\"}"),
	    "3: except: which memfd? \"memfd:*\" is any: 'memfd:'" },

	{ "an exec that says nothing", P("exec {\naction = deny }"),
	    "2: exec: without allow, deny or default it says nothing" },
	{ "a pattern that is not absolute", E("allow = {\"bin/ls\"}"),
	    "3: allow: a pattern begins with '/' or with '**': 'bin/ls'" },
	{ "a pattern that begins with two stars", E("deny = {\"**/gdb\"}"),
	    "" },
	{ "a pattern that ends in a slash", E("deny = {\"/opt/\"}"),
	    "3: deny: this never matches: write DIR/** for what lies below "
	    "DIR: '/opt/'" },
	{ "a pattern with ..", E("deny = {\"/opt/../bin/x\"}"),
	    "3: deny: no path has '.', '..' or '//' in it: this never "
	    "matches: '/opt/../bin/x'" },
	{ "a memfd longer than any name",
	    T("except = {\"memfd:" X16(X16(X16("n"))) "\"}"),
	    "3: except: longer than any path or name: 'memfd:" X4(X16("n"))
	    "nnnnnnnnnn'" },
	{ "a user longer than any name",
	    P("users = " X16(X16(X16("n")))),
	    "2: users: longer than any path or name: '" X4(X16("n")) X16("n")
	    "'" },
	{ "a user of 4095 bytes is one, for all we know",
	    P("users = " X4(X16(X16("nnn"))) X4(X16("nnnnnnnnnnnnnnn"))
		X16("nnn") "nnnnnnnnnnnnnnn"), "" },
	{ "a memfd has no path", E("allow = {\"memfd:x\"}"),
	    "3: allow: a pattern begins with '/' or with '**': 'memfd:x'" },
	{ "an open set in a pattern", E("allow = {\"/bin/[a\"}"),
	    "3: allow: a '[' without its ']': '/bin/[a'" },
	{ "a backslash at the end of a pattern",
	    E("allow = {\"/bin/x\\\\\"}"),
	    "3: allow: a '\\' with nothing behind it: '/bin/x\\'" },
	{ "a pattern without its quotes", E("allow = { /bin/* }"),
	    "3: outside quotes this means nothing: '*'" },
	{ "a backslash that libconfuse would drop",
	    E("allow = {\"/bin/\\*\"}"),
	    "3: in \"...\" a backslash is written twice, before this: '*'" },
	{ "a byte that libconfuse would end the text at",
	    E("allow = {\"/bin/x\\0\"}"),
	    "3: in \"...\" a backslash is written twice, before this: '0'" },
	{ "single quotes keep the backslash", E("allow = {'/bin/\\*'}"), "" },

	{ "events without a path", "events = syslog",
	    "1: events: not an absolute path: 'syslog'" },
	{ "events into a folder", "events = \"/var/log/\"",
	    "1: events: a file, not a directory, belongs here: '/var/log/'" },

	{ "a variable", P("message = \"I am ${USER}\""),
	    "2: '${' is never expanded: write the value itself" },
	{ "a variable in single quotes", P("message = '${USER}'"),
	    "2: '${' is never expanded: write the value itself" },
	{ "a variable without quotes", P("users = {${USER}}"),
	    "2: '${' is never expanded: write the value itself" },
	{ "a dollar is just a dollar", P("message = \"5 $\""), "" },
	{ "a text that is not closed", P("message = \"\nmode = enforce"),
	    "2: a text that its line does not close" },
	{ "a text that the file does not close", "events = \"/x",
	    "1: a text that its line does not close" },
	{ "a comment that is not closed", "\n/* x\n\n/",
	    "2: a comment that is never closed" },
	{ "a comment that only seems closed", "/*/",
	    "1: a comment that is never closed" },
	{ "a policy that is not closed", "\npolicy \"x\" {\nmode = enforce\n",
	    "2: a '{' that is never closed" },
	{ "a check that is not closed", "policy \"x\" {\ntpe {\nown = true\n",
	    "2: a '{' that is never closed" },
	{ "one brace too many", P("") "}", "4: a '}' that closes nothing" },
	{ "too many braces", P("tpe { roots = {{\"/\"}} }"),
	    "2: braces are nested too deeply" },
	{ "a keyword without a value", P("mode ="), "3: unexpected token '}'" },
	{ "a keyword without =", P("mode enforce"),
	    "2: missing equal sign after option 'mode'" },
	{ "two commas", P("users = {a,,b}"), "2: unexpected token ','" },
	{ "two words without a comma", P("users = {a b}"),
	    "2: unexpected token 'b'" },
	{ "a control byte in a text", P("message = \"\033[31m\""),
	    "2: a control byte in a text: byte 0x1b" },
	{ "a control byte outside", "\f",
	    "1: outside quotes this means nothing: byte 0x0c" },
	{ "an environment that changes nothing",
	    P("environment { secure = false }"),
	    "2: environment: without secure = true or vdso = hide it changes "
	    "nothing" },
	{ "an environment", P("environment { secure = true vdso = hide }"),
	    "" },
	{ "an unknown vdso", P("environment { vdso = none }"),
	    "2: vdso: unknown value (show or hide): 'none'" },
	{ "an action where nothing is refused",
	    P("environment {\naction = warn }"),
	    "3: unknown keyword 'action' in environment" },
	{ "a memory that changes nothing", P("memory { write_exec = allow }"),
	    "2: memory: without write_exec = deny it changes nothing" },
	{ "an unknown denial", P("memory { write_exec = kill }"),
	    "2: write_exec: unknown value (allow or deny): 'kill'" },
	{ "a section scripts without a word", P("scripts { }"),
	    "2: scripts: without restrict = true or interactive = deny it "
	    "changes nothing" },
	{ "scripts", P("scripts { restrict = true interactive = deny }"), "" },

	{ "a byte order mark", "\xef\xbb\xbf" P(""),
	    "1: outside quotes this means nothing: byte 0xef" },
	{ "lines are counted behind comments",
	    "/* a\nb */ /* c */\n# d\n// e\nmode = x",
	    "5: unknown keyword 'mode' outside any policy" },
};
/* clang-format on */

static int
parse(const char *text, size_t len, struct policies *out, char why[PARSE_WHY])
{
	char path[] = "f.conf";
	struct trusted_file file = { path, (char *)(uintptr_t)text, len };
	const struct trusted_files files = { &file, 1 };

	return parse_policies(&files, out, why);
}

static void
row_test(void **state)
{
	const struct row *row = *state;
	SCOPED(policies_release) struct policies policies = { 0 };
	char want[PARSE_WHY] = "";
	char why[PARSE_WHY];
	int r = parse(row->text, strlen(row->text), &policies, why);

	if (row->want[0] != '\0')
		(void)snprintf(want, sizeof(want), "f.conf:%s", row->want);
	assert_string_equal(why, want);
	assert_int_equal(r, row->want[0] == '\0' ? 0 : -EINVAL);
	if (r < 0)
		assert_int_equal(policies.n, 0);
}

int
main(void)
{
	struct CMUnitTest tests[LENGTH(rows)];

	for (size_t i = 0; i < LENGTH(rows); i++)
		tests[i] = (struct CMUnitTest){
			.name = rows[i].name,
			.test_func = row_test,
			.initial_state = (void *)(uintptr_t)&rows[i],
		};
	return cmocka_run_group_tests_name("parse", tests, NULL, NULL);
}

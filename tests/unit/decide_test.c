/*
 * decide_test.c - facts and policy to a verdict: the guard itself, segvguard,
 * exec and the order of actions.  tpe has a table of its own.
 */
#include "tests/unit/picture.h"

/* Policies, the way an administrator thinks. */
/* clang-format off */
#define EXEC_ON .is_on = true, .line = 20
#define SEGV_ON .is_on = true, .line = 10
#define TPE_ON  .is_on = true, .line = 30, .owners = IDS(0), \
	.roots = WORDS("/usr")

static const struct policy
    nothing = { .name = NULL },
    lenient = { .mode = MODE_PERMISSIVE, .exec = { EXEC_ON } },
    kill_lenient = { .mode = MODE_PERMISSIVE,
	.exec = { EXEC_ON, .action = ACTION_KILL,
	    .allow = WORDS("/usr/bin/*") } },
    exec = { .exec = { EXEC_ON,
	.allow = WORDS("/usr/bin/*", "/srv/*.sh", "memfd:tool"),
	.deny = WORDS("/usr/bin/python*", "memfd:evil*") } },
    exec_memfds = { .exec = { EXEC_ON,
	.allow = WORDS("memfd:*"), .deny = WORDS("memfd:evil*") } },
    exec_star = { .exec = { EXEC_ON, .allow = WORDS("**", "*") } },
    exec_deny_star = { .exec = { EXEC_ON,
	.deny = WORDS("**"), .allow = WORDS("memfd:*") } },
    exec_open = { .exec = { EXEC_ON, .default_allow = true,
	.deny = WORDS("/usr/bin/python*") } },
    exec_none = { .exec = { EXEC_ON } },
    exec_warn = { .exec = { EXEC_ON, .action = ACTION_WARN } },
    exec_allow = { .exec = { EXEC_ON, .action = ACTION_ALLOW } },
    exec_filter = { .exec = { EXEC_ON, .action = ACTION_FILTER } },
    exec_except = { .exec = { EXEC_ON,
	.deny = WORDS("/usr/bin/python*"),
	.except = WORDS("/usr/bin/python3", "memfd:runc") } },
    segv = { .segvguard = { SEGV_ON } },
    segv_abort = { .segvguard = { SEGV_ON, .action = ACTION_ABORT } },
    segv_except = { .segvguard = { SEGV_ON,
	.except = WORDS("/usr/bin/ls", "memfd:x") } },
    all_deny = { .segvguard = { SEGV_ON }, .exec = { EXEC_ON },
	.tpe = { TPE_ON } },
    exec_worst = { .segvguard = { SEGV_ON, .action = ACTION_WARN },
	.exec = { EXEC_ON, .action = ACTION_STOP },
	.tpe = { TPE_ON, .action = ACTION_FILTER } },
    tpe_worst = { .segvguard = { SEGV_ON, .action = ACTION_KILL },
	.exec = { EXEC_ON, .action = ACTION_ABORT },
	.tpe = { TPE_ON, .action = ACTION_EXIT } },
    deny_over_filter = { .segvguard = { SEGV_ON, .action = ACTION_FILTER },
	.exec = { EXEC_ON } },
    all_warn = { .segvguard = { SEGV_ON, .action = ACTION_WARN },
	.exec = { EXEC_ON, .action = ACTION_WARN },
	.tpe = { TPE_ON, .action = ACTION_WARN } },
    segv_allow = { .segvguard = { SEGV_ON, .action = ACTION_ALLOW },
	.exec = { EXEC_ON } };

#define LATER      .suspended_until = NOW + 1
#define LS         NAMED("/usr/bin/ls")
#define LDSO       NAMED("/usr/lib/ld.so", ROLE_LOADER)
#define PYTHON     NAMED("/usr/bin/python3")
#define SHELL      NAMED("/usr/bin/sh")
#define TOOL       NAMED("/opt/bin/tool")
#define SCRIPT     NAMED("/srv/a.sh", ROLE_SCRIPT)
#define LINKED     NAMED("/srv/a.sh", ROLE_SCRIPT, .is_detour = true)
#define LINK(path) NAMED(path, ROLE_INTERPRETER)
#define BAD        NAMED("/home/x", LATER)
#define SOFTENED(chk, why, was) { ACTION_WARN, CHECK_##chk, REASON_##why, \
	0, 0, NODE_SELF, ACTION_##was }

static const struct row rows[] = {
	/* The guard itself. */
	{ "a policy without sections objects to nothing",
	    &nothing, RUNS, { NAMED("/home/x") } },
	{ "no image at all is refused",
	    &nothing, DENIED(GUARD, UNKNOWN, 0), { { .path = NULL } } },
	{ "a loader alone is nothing that was asked for",
	    &nothing, DENIED(GUARD, UNKNOWN, 0), { LDSO } },
	{ "a library is no matter of exec",
	    &exec_none, RUNS, { NAMED("/home/x", ROLE_LIBRARY) } },
	{ "nor of its list of denied programs",
	    &exec, RUNS, { NAMED("/usr/bin/python3", ROLE_LIBRARY) } },
	{ "nor of segvguard",
	    &segv, RUNS, { NAMED("/home/x", ROLE_LIBRARY, LATER) } },
	{ "an interpreter alone is nothing that was asked for",
	    &nothing, DENIED(GUARD, UNKNOWN, 0), { LINK("/usr/bin/sh") } },
	{ "an image that could not be examined is refused and named",
	    &nothing, DENIED(GUARD, UNKNOWN, 1),
	    { LS, AS(UNKNOWN, "/usr/lib/ld.so", ROLE_LOADER) } },
	{ "a verified path that is not absolute is refused",
	    &nothing, DENIED(GUARD, UNKNOWN, 0), { NAMED("bin/ls") } },
	{ "permissive lets even the unknown run, and says what it was",
	    &lenient, SOFTENED(GUARD, UNKNOWN, DENY), { { .path = "/x" } } },

	/* Segvguard. */
	{ "a program that never crashed runs", &segv, RUNS, { LS, LDSO } },
	{ "a suspended program is refused",
	    &segv, DENIED(SEGVGUARD, SUSPENDED, 0),
	    { NAMED("/usr/bin/ls", LATER) } },
	{ "the action is the section's",
	    &segv_abort, GETS(ABORT, SEGVGUARD, SUSPENDED, 0, NODE_SELF),
	    { NAMED("/usr/bin/ls", LATER) } },
	{ "C8: a suspension is over at its end",
	    &segv, RUNS, { NAMED("/usr/bin/ls", .suspended_until = NOW) } },
	{ "a suspension means nothing without the section",
	    &exec_open, RUNS, { NAMED("/usr/bin/ls", LATER) } },
	{ "a suspended memfd is refused",
	    &segv, DENIED(SEGVGUARD, SUSPENDED, 0),
	    { AS(MEMFD, "memfd:x", LATER) } },
	{ "an excepted program is never suspended",
	    &segv_except, RUNS, { NAMED("/usr/bin/ls", LATER) } },
	{ "an excepted memfd is never suspended",
	    &segv_except, RUNS, { AS(MEMFD, "memfd:x", LATER) } },
	{ "an exception holds for the verified path alone",
	    &segv_except, DENIED(SEGVGUARD, SUSPENDED, 0),
	    { AS(ELSEWHERE, "/usr/bin/ls", LATER) } },
	{ "a suspended interpreter is suspended through a script",
	    &segv, DENIED(SEGVGUARD, SUSPENDED, 1),
	    { SCRIPT, NAMED("/usr/bin/sh", LATER) } },
	{ "a script cannot crash",
	    &segv, RUNS, { NAMED("/srv/a.sh", ROLE_SCRIPT, LATER), SHELL } },
	{ "an interpreter that is a script cannot crash",
	    &segv, RUNS,
	    { SCRIPT, NAMED("/srv/i", ROLE_INTERPRETER, LATER), SHELL } },
	{ "a loader is never suspended",
	    &segv, RUNS, { LS, NAMED("/usr/lib/ld.so", ROLE_LOADER, LATER) } },

	/* Exec: programs. */
	{ "an allowed program runs", &exec, RUNS, { LS, LDSO } },
	{ "a program that no glob allows is refused",
	    &exec, DENIED(EXEC, NOT_ALLOWED, 0), { TOOL, LDSO } },
	{ "a glob is for the whole path",
	    &exec, DENIED(EXEC, NOT_ALLOWED, 0), { NAMED("/usr/bin/d/ls") } },
	{ "deny beats allow", &exec, DENIED(EXEC, DENIED_PATH, 0), { PYTHON } },
	{ "a section without globs denies everything",
	    &exec_none, DENIED(EXEC, NOT_ALLOWED, 0), { LS } },
	{ "default = allow runs what nothing names",
	    &exec_open, RUNS, { TOOL, LDSO } },
	{ "default = allow denies what deny names",
	    &exec_open, DENIED(EXEC, DENIED_PATH, 0), { PYTHON } },
	{ "the ELF interpreter need not be allowed",
	    &exec, RUNS, { LS, NAMED("/lib/ld.so", ROLE_LOADER) } },
	{ "a denied file may not be an ELF interpreter",
	    &exec, DENIED(EXEC, DENIED_PATH, 1),
	    { LS, NAMED("/usr/bin/python-ld", ROLE_LOADER) } },
	{ "an ELF interpreter without a name is refused",
	    &exec, DENIED(EXEC, NO_PATH, 1),
	    { LS, AS(GONE, "/x", ROLE_LOADER) } },
	{ "so is one that is something else outside",
	    &exec, DENIED(EXEC, OTHER_FILE, 1),
	    { LS, AS(ELSEWHERE, "/lib/ld.so", ROLE_LOADER) } },
	{ "who can mount may put any file there: then it must be allowed",
	    &exec, DENIED(EXEC, NOT_ALLOWED, 1),
	    { NAMED("/usr/bin/ls", .is_mounting = true),
		NAMED("/opt/tool", ROLE_LOADER) } },
	{ "and may have one that is",
	    &exec, RUNS,
	    { NAMED("/usr/bin/ls", .is_mounting = true),
		NAMED("/usr/bin/cat", ROLE_LOADER) } },
	{ "an excepted program is not asked about, denied or not",
	    &exec_except, RUNS, { PYTHON } },

	/* Exec: scripts. */
	{ "a script is judged, not its interpreter",
	    &exec, RUNS, { SCRIPT, TOOL, LDSO } },
	{ "an allowed script by another name is not what was allowed",
	    &exec, DENIED(EXEC, DETOUR, 0), { LINKED, TOOL, LDSO } },
	{ "by any name, if its interpreter is allowed for itself",
	    &exec, RUNS, { LINKED, SHELL, LDSO } },
	{ "a program that the script does not lead to must be allowed",
	    &exec, DENIED(EXEC, NOT_ALLOWED, 1),
	    { NAMED("/srv/a.sh", ROLE_SCRIPT, .is_odd = true), TOOL } },
	{ "and runs if it is",
	    &exec, RUNS,
	    { NAMED("/srv/a.sh", ROLE_SCRIPT, .is_odd = true), SHELL } },
	{ "or if everything is that nobody denied",
	    &exec_open, RUNS, { LINKED, TOOL } },
	{ "by another name, as far as its interpreter is not yet known",
	    &exec, RUNS, { LINKED } },
	{ "an allowed interpreter does not allow the script",
	    &exec, DENIED(EXEC, NOT_ALLOWED, 0),
	    { NAMED("/home/x.sh", ROLE_SCRIPT), SHELL } },
	{ "the order of the images does not matter",
	    &exec, DENIED(EXEC, NOT_ALLOWED, 1),
	    { TOOL, NAMED("/home/x.sh", ROLE_SCRIPT) } },
	{ "a denied script is denied",
	    &exec, DENIED(EXEC, DENIED_PATH, 0),
	    { NAMED("/usr/bin/python-run", ROLE_SCRIPT), SHELL } },
	{ "a denied interpreter is denied through an allowed script",
	    &exec, DENIED(EXEC, DENIED_PATH, 1), { SCRIPT, PYTHON } },
	{ "a denied interpreter in the middle of a chain is denied",
	    &exec, DENIED(EXEC, DENIED_PATH, 1),
	    { SCRIPT, LINK("/usr/bin/python-run"), SHELL } },
	{ "an interpreter in the middle need not be allowed",
	    &exec, RUNS, { SCRIPT, LINK("/opt/run"), SHELL } },
	{ "an excepted interpreter does not except its script",
	    &exec_except, DENIED(EXEC, NOT_ALLOWED, 0), { SCRIPT, PYTHON } },
	{ "a bind mount of a denied interpreter is no way round deny",
	    &exec_open, DENIED(EXEC, OTHER_FILE, 1),
	    { SCRIPT, AS(ELSEWHERE, "/tmp/python") } },
	{ "an unlinked interpreter in the middle is refused",
	    &exec_open, DENIED(EXEC, NO_PATH, 1),
	    { SCRIPT, AS(GONE, "/tmp/run", ROLE_INTERPRETER), SHELL } },

	/* Exec: other names. */
	{ "an unlinked program is refused",
	    &exec, DENIED(EXEC, NO_PATH, 0), { AS(GONE, "/usr/bin/ls") } },
	{ "an unlinked program is refused by default = allow too",
	    &exec_open, DENIED(EXEC, NO_PATH, 0), { AS(GONE, "/usr/bin/ls") } },
	{ "a file that only calls itself /usr/bin/ls is refused",
	    &exec, DENIED(EXEC, OTHER_FILE, 0),
	    { AS(ELSEWHERE, "/usr/bin/ls") } },
	{ "it is refused by default = allow too",
	    &exec_open, DENIED(EXEC, OTHER_FILE, 0), { AS(ELSEWHERE, "/x") } },
	{ "S3: a memfd is refused",
	    &exec, DENIED(EXEC, NO_PATH, 0), { AS(MEMFD, "memfd:x") } },
	{ "S3: a memfd is refused by default = allow too",
	    &exec_open, DENIED(EXEC, NO_PATH, 0), { AS(MEMFD, "memfd:x") } },
	{ "a memfd that allow names runs",
	    &exec, RUNS, { AS(MEMFD, "memfd:tool") } },
	{ "S3: runc's memfd has slashes, and a star is for them as well",
	    &exec_memfds, RUNS,
	    { AS(MEMFD, "memfd:runc_cloned:/proc/self/exe") } },
	{ "a memfd that deny names is denied",
	    &exec, DENIED(EXEC, DENIED_PATH, 0), { AS(MEMFD, "memfd:evil") } },
	{ "deny beats allow for a memfd as well",
	    &exec_memfds, DENIED(EXEC, DENIED_PATH, 0),
	    { AS(MEMFD, "memfd:evil") } },
	{ "a glob for every path allows no memfd",
	    &exec_star, DENIED(EXEC, NO_PATH, 0), { AS(MEMFD, "memfd:x") } },
	{ "a glob for every path denies no memfd",
	    &exec_deny_star, RUNS, { AS(MEMFD, "memfd:x") } },
	{ "an unlinked file that is named like a memfd is none",
	    &exec, DENIED(EXEC, NO_PATH, 0), { AS(GONE, "memfd:tool") } },
	{ "an excepted memfd runs",
	    &exec_except, RUNS, { AS(MEMFD, "memfd:runc") } },

	/* Actions. */
	{ "action = warn runs, and says so",
	    &exec_warn, GETS(WARN, EXEC, NOT_ALLOWED, 0, NODE_SELF), { LS } },
	{ "action = allow says nothing", &exec_allow, RUNS, { LS } },
	{ "action = filter denies",
	    &exec_filter, GETS(FILTER, EXEC, NOT_ALLOWED, 0, NODE_SELF),
	    { LS } },
	{ "permissive softens a denial and remembers it",
	    &lenient, SOFTENED(EXEC, NOT_ALLOWED, DENY), { LS } },
	{ "permissive softens a kill and remembers it",
	    &kill_lenient, SOFTENED(EXEC, NOT_ALLOWED, KILL), { TOOL } },
	{ "permissive has nothing to soften in what runs",
	    &kill_lenient, RUNS, { LS } },
	{ "of equal actions the first check wins",
	    &all_deny, DENIED(SEGVGUARD, SUSPENDED, 0), { BAD } },
	{ "of equal actions an earlier check beats an earlier image",
	    &all_deny, DENIED(SEGVGUARD, SUSPENDED, 1), { SCRIPT, BAD } },
	{ "of equal actions the first image wins",
	    &exec, DENIED(EXEC, DENIED_PATH, 0),
	    { NAMED("/usr/bin/python-run", ROLE_SCRIPT), PYTHON } },
	{ "the most severe action wins, in the middle",
	    &exec_worst, GETS(STOP, EXEC, NOT_ALLOWED, 0, NODE_SELF), { BAD } },
	{ "the most severe action wins, at the end",
	    &tpe_worst, GETS(EXIT, TPE, OUTSIDE, 0, NODE_SELF), { BAD } },
	{ "a denial beats a silent one",
	    &deny_over_filter, DENIED(EXEC, NOT_ALLOWED, 0), { BAD } },
	{ "of equal warnings the first wins",
	    &all_warn, GETS(WARN, SEGVGUARD, SUSPENDED, 0, NODE_SELF),
	    { BAD } },
	{ "an allowed objection does not end the search",
	    &segv_allow, DENIED(EXEC, NOT_ALLOWED, 0), { BAD } },
};
/* clang-format on */

/* Facts that no collector makes; a mistake of ours must not let run. */
static void
too_many_images_are_refused(void **state UNUSED)
{
	static struct facts facts;

	for (size_t i = 0; i < IMAGES_MAX; i++)
		picture_draw(&(struct picture)LS, &facts.images[i]);
	facts.n_images = IMAGES_MAX;
	assert_int_equal(decide(&nothing, &facts).action, ACTION_ALLOW);
	facts.n_images = IMAGES_MAX + 1;
	assert_int_equal(decide(&nothing, &facts).action, ACTION_DENY);
	facts.n_images = SIZE_MAX;
	assert_int_equal(decide(&nothing, &facts).reason, REASON_UNKNOWN);
}

static void
a_chain_longer_than_its_array_is_refused(void **state UNUSED)
{
	static struct facts facts;

	picture_draw(&(struct picture)LS, &facts.images[0]);
	facts.n_images = 1;
	facts.images[0].n_chain = CHAIN_MAX + 1;
	assert_int_equal(decide(&nothing, &facts).action, ACTION_DENY);
	assert_int_equal(decide(&nothing, &facts).check, CHECK_GUARD);
	assert_int_equal(check_tpe(&all_deny, &facts, &facts.images[0]).reason,
	    REASON_UNKNOWN);
}

static void
a_path_without_end_is_refused(void **state UNUSED)
{
	static struct facts facts;

	picture_draw(&(struct picture)LS, &facts.images[0]);
	facts.n_images = 1;
	memset(facts.images[0].path, '/', PATH_MAX);
	assert_int_equal(decide(&nothing, &facts).reason, REASON_UNKNOWN);
	assert_int_equal(decide(&nothing, &facts).action, ACTION_DENY);
	facts.images[0].path[PATH_MAX - 1] = '\0';
	assert_int_equal(decide(&nothing, &facts).action, ACTION_ALLOW);
}

static void
zeroed_facts_are_refused(void **state UNUSED)
{
	static struct facts facts;

	facts.n_images = 1;
	assert_int_equal(decide(&nothing, &facts).action, ACTION_DENY);
	assert_int_equal(
	    check_tpe(&all_deny, &facts, &facts.images[0]).action, ACTION_DENY);
	assert_int_equal(check_exec(&all_deny, &facts, &facts.images[0]).action,
	    ACTION_DENY);
}

static void
the_guards_own_refusal_is_softened(void **state UNUSED)
{
	struct verdict got = decide_refusal(&nothing, REASON_TRACED);

	assert_int_equal(got.action, ACTION_DENY);
	assert_int_equal(got.check, CHECK_GUARD);
	assert_int_equal(got.reason, REASON_TRACED);
	got = decide_refusal(&lenient, REASON_TRACED);
	assert_int_equal(got.action, ACTION_WARN);
	assert_int_equal(got.wanted, ACTION_DENY);
}

static void
a_verdict_names_the_line_of_its_section(void **state UNUSED)
{
	static struct facts facts;

	picture_draw(&(struct picture)BAD, &facts.images[0]);
	facts.n_images = 1;
	facts.now = NOW;
	assert_int_equal(decide(&nothing, &facts).line, 0);
	assert_int_equal(decide(&segv, &facts).line, 10);
	assert_int_equal(decide(&exec_worst, &facts).line, 20);
	assert_int_equal(decide(&tpe_worst, &facts).line, 30);
}

static void
every_reason_has_its_words(void **state UNUSED)
{
	for (unsigned i = 0; i < REASONS; i++) {
		const char *slug = explain_reason((enum reason)i);

		assert_memory_equal(explain_sentence((enum reason)i), "it ", 3);
		assert_non_null(explain_tip((enum reason)i));
		for (unsigned k = 0; k < i; k++)
			assert_string_not_equal(
			    slug, explain_reason((enum reason)k));
	}
	assert_string_equal(explain_reason(REASON_OUTSIDE), "outside-roots");
	assert_string_equal(explain_reason(REASONS), "unknown");
	assert_string_equal(explain_tip(REASON_OUTSIDE), "tpe.roots");
	assert_string_equal(explain_check(CHECK_TPE), "tpe");
	assert_string_equal(explain_check(CHECKS), "guard");
	assert_string_equal(explain_role(ROLE_INTERPRETER), "interpreter");
}

#define N_ROWS LENGTH(rows)

int
main(void)
{
	const struct CMUnitTest others[] = {
		cmocka_unit_test(too_many_images_are_refused),
		cmocka_unit_test(a_chain_longer_than_its_array_is_refused),
		cmocka_unit_test(a_path_without_end_is_refused),
		cmocka_unit_test(zeroed_facts_are_refused),
		cmocka_unit_test(the_guards_own_refusal_is_softened),
		cmocka_unit_test(a_verdict_names_the_line_of_its_section),
		cmocka_unit_test(every_reason_has_its_words),
	};
	struct CMUnitTest tests[N_ROWS + LENGTH(others)];

	for (size_t i = 0; i < N_ROWS; i++)
		tests[i] = (struct CMUnitTest){
			.name = rows[i].name,
			.test_func = row_test,
			.initial_state = (void *)(uintptr_t)&rows[i],
		};
	memcpy(&tests[N_ROWS], others, sizeof(others));
	return cmocka_run_group_tests_name("decide", tests, NULL, NULL);
}

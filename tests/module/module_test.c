/*
 * module_test.c - the built module, through the real libpam.
 *
 * B is the build folder.  Where no guard is wanted to do its work, fake.c
 * plays a guard that does not.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include <cmocka.h>
#include <security/pam_appl.h>

#include "tests/module/application.h"
#include "tests/module/blames.h"
#include "tests/module/fake.h"
#include "tests/module/stage.h"

#define USER "nobody"

#define REAL          "guardd=@/guardd conf=@/policy"
#define REAL_FOR_ROOT "guardd=@/guardd conf=@/policy-of-root"

#define TOO_OLD                                                                \
	"this kernel is too old: it lacks seccomp user notification "          \
	"(CONFIG_SECCOMP_FILTER); use Linux 5.14 or later\n"

/* What close_session logs when it did not reach the guard. */
#define UNTOLD "was not told"

static const char policy_of_root[] = "policy \"root\" {\n"
				     "\tusers = {\"root\"}\n"
				     "\ttpe { roots = {\"/usr\"} }\n"
				     "}\n";

static const struct row {
	const char *name; /* a sentence; the test runner prints it */
	struct play play;
	int want;           /* of pam_open_session */
	const char *said;   /* part of what the user hears; NULL: nothing */
	const char *logged; /* part of the log; NULL: not compared */
	bool want_filter;
	enum needs needs;
} rows[] = {
	{ "an option that nobody knows refuses, and is named",
	    { .user = USER, .options = "colour=red" }, PAM_SESSION_ERR,
	    "unknown option 'colour=red'", "it takes conf=DIR", false,
	    NEEDS_NOTHING },
	{ "it does not lock root out",
	    { .user = "root", .options = "colour=red" }, PAM_SUCCESS,
	    "the session is NOT guarded", "unknown option 'colour=red'", false,
	    NEEDS_NOTHING },
	{ "onerr takes two words only",
	    { .user = USER, .options = "onerr=maybe" }, PAM_SESSION_ERR,
	    "'onerr=maybe'", "'onerr=maybe'", false, NEEDS_NOTHING },
	{ "a relative path is no path", { .user = USER, .options = "conf=etc" },
	    PAM_SESSION_ERR, "'conf=etc'", "'conf=etc'", false, NEEDS_NOTHING },
	{ "debug takes no value", { .user = USER, .options = "debug=1" },
	    PAM_SESSION_ERR, "'debug=1'", "'debug=1'", false, NEEDS_NOTHING },
	{ "nobody is let in when there is no such user",
	    { .user = "no-such-user", .options = "" }, PAM_USER_UNKNOWN,
	    "does not know", "does not know", false, NEEDS_NOTHING },

	{ "the last of two onerr counts",
	    { .user = USER,
		.options = "guardd=@/missing onerr=succeed onerr=fail" },
	    PAM_SESSION_ERR, "cannot guard", NULL, false, NEEDS_NOTHING },
	{ "PAM_SILENT is obeyed, the log is kept",
	    { .user = USER,
		.options = "guardd=@/missing",
		.flags = PAM_SILENT },
	    PAM_SESSION_ERR, NULL, "cannot guard", false, NEEDS_NOTHING },
	{ "a guardd that others can write is not run",
	    { .user = USER, .options = "guardd=@/writable conf=/broken" },
	    PAM_SESSION_ERR, "/writable", NULL, false, NEEDS_NOTHING },
	{ "a guardd that is a symbolic link is not run",
	    { .user = USER, .options = "guardd=@/link conf=/broken" },
	    PAM_SESSION_ERR, "/link", NULL, false, NEEDS_NOTHING },
	{ "a guardd that is no program is named with its error",
	    { .user = USER, .options = "guardd=@/text" }, PAM_SESSION_ERR,
	    "/text: Exec format error", NULL, false, NEEDS_ROOT },
	{ "a guardd that may not be run is named with its error",
	    { .user = USER, .options = "guardd=@/plain" }, PAM_SESSION_ERR,
	    "/plain: Permission denied", NULL, false, NEEDS_ROOT },

	{ "the guard's no is not for onerr to judge",
	    { .user = USER, .options = FAKE("refusing") " onerr=succeed" },
	    PAM_SESSION_ERR, "is refused: enough guests", NULL, false,
	    NEEDS_ROOT },
	{ "the guard's no does not lock root out",
	    { .user = "root", .options = FAKE("refusing") }, PAM_SUCCESS,
	    "enough guests", NULL, false, NEEDS_ROOT },
	{ "nobody's policy costs nothing",
	    { .user = USER, .options = FAKE("indifferent") }, PAM_SUCCESS, NULL,
	    NULL, false, NEEDS_ROOT },
	{ "debug says in the log how it went",
	    { .user = USER, .options = FAKE("indifferent") " debug" },
	    PAM_SUCCESS, NULL, "no policy applies", false, NEEDS_ROOT },
	{ "the guard inherits nothing",
	    { .user = USER,
		.options = FAKE("looker"),
		.before = application_clutter },
	    PAM_SESSION_ERR, "is refused: nothing\n", NULL, false, NEEDS_ROOT },
	{ "the guard of a set-id application is root all over",
	    { .user = USER,
		.options = FAKE("looker"),
		.before = application_set_id },
	    PAM_SESSION_ERR, "is refused: nothing\n", NULL, false, NEEDS_ROOT },

	{ "with the filter on and no guard nobody goes on",
	    { .user = USER, .options = FAKE("mortal") " onerr=succeed" },
	    PAM_SESSION_ERR, "is refused: the guard", NULL, true, NEEDS_ROOT },
	{ "not even root", { .user = "root", .options = FAKE("mortal") },
	    PAM_SESSION_ERR, "is refused: the guard", NULL, true, NEEDS_ROOT },
	{ "every thread of the application is covered",
	    { .user = USER,
		.options = FAKE("deaf"),
		.before = application_threads,
		.inside = application_threads_filtered },
	    PAM_SUCCESS, NULL, UNTOLD, true, NEEDS_ROOT },
	{ "close_session says goodbye to the guard",
	    { .user = USER, .options = FAKE("host") " debug" }, PAM_SUCCESS,
	    NULL, "'nobody' is guarded\n", true, NEEDS_ROOT },
	{ "a session in a session is taken in by the guard above",
	    { .user = USER,
		.options = FAKE("host") "\n" FAKE("host") " debug" },
	    PAM_SUCCESS, NULL, "by the guard above him", true, NEEDS_ROOT },
	{ "root's own session in a session is taken in as well",
	    { .user = "root",
		.options = FAKE("host") "\n" FAKE("host") " debug" },
	    PAM_SUCCESS, NULL, "by the guard above him", true, NEEDS_ROOT },
	{ "a session under a dead guard is a refusal",
	    { .user = USER,
		.options = FAKE("brief") "\n" FAKE("host") " onerr=succeed" },
	    PAM_SESSION_ERR, "the guard of this session is gone", NULL, true,
	    NEEDS_ROOT },

	{ "a guarded session runs what is trusted and nothing else",
	    { .user = USER,
		.options = REAL,
		.inside = application_runs_trusted_only },
	    PAM_SUCCESS, NULL, NULL, true, NEEDS_GUARD },
	{ "a guarded session in an application with threads",
	    { .user = USER,
		.options = REAL,
		.before = application_threads,
		.inside = application_runs_trusted_only },
	    PAM_SUCCESS, NULL, NULL, true, NEEDS_GUARD },
	{ "the guard itself says that a kernel is too old, and the remedy",
	    { .user = USER, .options = REAL, .before = application_old_kernel },
	    PAM_SESSION_ERR, TOO_OLD, TOO_OLD, true, NEEDS_GUARD },
	{ "that does not lock root out",
	    { .user = "root",
		.options = REAL_FOR_ROOT,
		.before = application_old_kernel },
	    PAM_SUCCESS, "the session of 'root' is NOT guarded: " TOO_OLD,
	    "the session of 'root' is NOT guarded: " TOO_OLD, true,
	    NEEDS_GUARD },
	{ "a user whom no policy names is not guarded",
	    { .user = "daemon", .options = REAL }, PAM_SUCCESS, NULL, NULL,
	    false, NEEDS_GUARD },
};

static void
require(bool is_there)
{
	if (is_there)
		return;
	if (getenv("MUST_RUN") != NULL)
		fail_msg("cannot run here, and MUST_RUN is set");
	skip();
}

static void
require_all(enum needs needs)
{
	struct stat st;

	if (needs != NEEDS_NOTHING)
		require(geteuid() == 0);
	if (needs == NEEDS_GUARD)
		require(stat(stage_path("guardd"), &st) == 0);
}

static void
assert_has(const char *text, const char *part)
{
	if (strstr(text, part) == NULL)
		fail_msg("\"%s\" lacks \"%s\"", text, part);
}

/* What holds for every row, however its session went. */
static void
assert_good_guest(const struct outcome *got)
{
	assert_true(got->is_complete);
	assert_int_equal(got->n_leaked, 0);
	assert_false(got->is_signal_changed);
	assert_false(got->is_child_seen);
}

static void
assert_row(const struct row *row, const struct outcome *got)
{
	assert_good_guest(got);
	if (row->said != NULL)
		assert_has(got->said, row->said);
	else
		assert_string_equal(got->said, "");
	if (row->logged != NULL)
		assert_has(got->logged, row->logged);
	if (row->logged == NULL || strcmp(row->logged, UNTOLD) != 0)
		assert_null(strstr(got->logged, UNTOLD));
	assert_int_equal(got->opened, row->want);
	assert_int_equal(got->closed, PAM_SUCCESS);
	assert_int_equal(got->is_filtered, row->want_filter);
	if (row->play.inside != NULL)
		assert_int_equal(got->inside, 0);
}

static void
row_test(void **state)
{
	const struct row *row = *state;
	struct outcome got;

	require_all(row->needs);
	got = stage_play(&row->play);
	assert_row(row, &got);
}

static int64_t
now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void
assert_blame(const struct blame *blame, const struct outcome *got, int opened,
    const char *effect)
{
	char sentence[STAGE_TEXT], said[STAGE_TEXT + 16];
	const char *at = strchr(blame->why, '@');
	size_t n = at != NULL ? (size_t)(at - blame->why) : strlen(blame->why);

	(void)snprintf(sentence, sizeof(sentence), "%s: %.*s%s\n", effect,
	    (int)n, blame->why, at != NULL ? stage_path(at + 2) : "");
	(void)snprintf(said, sizeof(said), "execguard: %s", sentence);
	assert_good_guest(got);
	assert_int_equal(got->opened, opened);
	assert_int_equal(got->closed, PAM_SUCCESS);
	assert_int_equal(got->is_filtered, blame->want_filter);
	assert_string_equal(got->said, said);
	assert_has(got->logged, sentence);
}

/* All at once, so that a wait is paid for once. */
static void
blame_test(void **state)
{
	const struct blame *blame = *state;
	struct play plays[] = {
		{ .user = USER, .before = blame->before },
		{ .user = "root", .before = blame->before },
		{ .user = USER, .before = blame->before },
	};
	struct performance performances[LENGTH(plays)];
	struct outcome got[LENGTH(plays)];
	int64_t begin = now_ms(), least = blame->is_slow ? 4900 : 0;
	char merciful[256];

	require_all(blame->needs);
	(void)snprintf(
	    merciful, sizeof(merciful), "%s onerr=succeed", blame->options);
	plays[0].options = plays[1].options = blame->options;
	plays[2].options = merciful;
	for (size_t i = 0; i < LENGTH(plays); i++)
		performances[i] = stage_begin(&plays[i]);
	for (size_t i = 0; i < LENGTH(plays); i++)
		got[i] = stage_end(performances[i]);
	assert_in_range(now_ms() - begin, least, least + 4100);
	assert_blame(blame, &got[0], PAM_SESSION_ERR,
	    "cannot guard the session of 'nobody'");
	assert_blame(blame, &got[1], PAM_SUCCESS,
	    "the session of 'root' is NOT guarded");
	assert_blame(blame, &got[2], PAM_SUCCESS,
	    "the session of 'nobody' is NOT guarded");
}

static void
exports_test(void **state UNUSED)
{
	const char *build = getenv("B");
	char command[4096];
	char listed[4096] = "";
	size_t n;
	FILE *nm;

	(void)snprintf(command, sizeof(command),
	    "nm -D --defined-only %s/pam_module/pam_execguard.so |"
	    " awk '{ print $3 }' | sort | tr '\\n' ' '",
	    build != NULL ? build : "build/cc");
	nm = popen(command, "re");
	assert_non_null(nm);
	n = fread(listed, 1, sizeof(listed) - 1, nm);
	listed[n] = '\0';
	assert_int_equal(pclose(nm), 0);
	assert_string_equal(
	    listed, "pam_sm_close_session pam_sm_open_session ");
}

static int
build_stage(void **state UNUSED)
{
	const char *build = getenv("B");
	char path[4096];

	if (build == NULL)
		build = "build/cc";
	(void)snprintf(
	    path, sizeof(path), "%s/pam_module/pam_execguard.so", build);
	if (stage_build(path) < 0)
		return -1;
	(void)snprintf(path, sizeof(path), "%s/guardd/guardd", build);
	if (stage_copy(path, "guardd", 0755) < 0 &&
	    remove(stage_path("guardd")) < 0 && errno != ENOENT)
		return -1;
	if (stage_copy("/proc/self/exe", "fake", 0755) < 0 ||
	    stage_copy("/proc/self/exe", "writable", 0777) < 0 ||
	    stage_copy("/usr/bin/true", "untrusted", 0755) < 0 ||
	    stage_write("text", "good morning\n", 0755) < 0 ||
	    stage_write("plain", "", 0644) < 0 ||
	    stage_write("policy", application_policy, 0644) < 0 ||
	    stage_write("policy-of-root", policy_of_root, 0644) < 0)
		return -1;
	return symlink("fake", stage_path("link"));
}

static int
strike_stage(void **state UNUSED)
{
	stage_strike();
	return 0;
}

int
main(int argc, char **argv)
{
	struct CMUnitTest tests[LENGTH(rows) + LENGTH(blames) + 1];
	size_t n = 0;

	if (fake_is_meant(argc, argv))
		return fake_play(argc, argv);
	for (size_t i = 0; i < LENGTH(rows); i++)
		tests[n++] = (struct CMUnitTest){
			.name = rows[i].name,
			.test_func = row_test,
			.initial_state = (void *)(uintptr_t)&rows[i],
		};
	for (size_t i = 0; i < LENGTH(blames); i++)
		tests[n++] = (struct CMUnitTest){
			.name = blames[i].name,
			.test_func = blame_test,
			.initial_state = (void *)(uintptr_t)&blames[i],
		};
	tests[n] = (struct CMUnitTest){
		.name = "the module exports its two functions and nothing else",
		.test_func = exports_test,
	};
	return cmocka_run_group_tests_name(
	    "module", tests, build_stage, strike_stage);
}

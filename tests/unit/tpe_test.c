/*
 * tpe_test.c - Trusted Path Execution: names, filesystems, roots, owners,
 * writers, own.
 */
#include "tests/unit/picture.h"

#define STAFF 50
#define NFS   0x6969U
#define FUSE  0x65735546U

/* Policies, the way an administrator thinks. */
/* clang-format off */
#define TPE_ON    .is_on = true, .owners = IDS(0)
#define SYSTEM    .roots = WORDS("/usr", "/opt")
#define OF(uid, gid, perm) .owner = uid, .group = gid, .mode = perm
#define MASKED             .group_is_masked = true

static const struct policy
    tpe = { .tpe = { TPE_ON, SYSTEM } },
    everywhere = { .tpe = { TPE_ON, .roots = WORDS("/") } },
    nowhere = { .tpe = { TPE_ON } },
    nobody = { .tpe = { .is_on = true, SYSTEM } },
    lab = { .tpe = { TPE_ON, SYSTEM, .own = true } },
    lab_home = { .tpe = { TPE_ON, .own = true,
	.roots = WORDS("/usr", "/home") } },
    own = { .tpe = { TPE_ON, .own = true } },
    own_bobs = { .tpe = { .is_on = true, .own = true, .owners = IDS(BOB) } },
    staff = { .tpe = { .is_on = true, SYSTEM, .owners = IDS(0, BOB),
	.writers = IDS(7, STAFF) } },
    lab_staff = { .tpe = { TPE_ON, SYSTEM, .own = true,
	.writers = IDS(STAFF) } },
    libraries = { .tpe = { TPE_ON, SYSTEM, .libraries = true,
	.except = WORDS("/home/*/ok.so", "memfd:jit*") } },
    lab_libraries = { .tpe = { TPE_ON, SYSTEM, .libraries = true,
	.own = true } },
    on_nfs = { .tpe = { TPE_ON, SYSTEM, .filesystems = WORDS("xfs", "nfs") } },
    except = { .tpe = { TPE_ON, SYSTEM,
	.except = WORDS("/home/*/ok", "memfd:runc*") } },
    except_all = { .tpe = { TPE_ON, SYSTEM, .except = WORDS("**", "*") } };

static const struct node
    bobs = { OF(BOB, BOB, 0755) },
    sticky = { OF(0, 0, 01777) },
    others = { OF(0, 0, 0757) },
    of_staff = { OF(0, STAFF, 02775) },
    of_group_0 = { OF(0, 0, 0775) },
    acl_alice = { OF(0, 0, 0775), MASKED,
	.n_acl_users = 1, .acl_users = { ALICE } },
    acl_bob = { OF(0, 0, 0775), MASKED,
	.n_acl_users = 2, .acl_users = { 0, BOB } },
    acl_staff = { OF(0, 0, 0775), MASKED,
	.n_acl_groups = 1, .acl_groups = { STAFF } },
    acl_group_0 = { OF(0, 0, 0775), .n_acl_users = 1,
	.acl_users = { 0 } },
    acl_full = { OF(0, 0, 0775), MASKED, .acl_overflow = true },
    acl_255_users = { OF(0, 0, 0755), .n_acl_users = 255 },
    acl_255_groups = { OF(0, 0, 0755), .n_acl_groups = 255 },
    alices_0775 = { OF(ALICE, ALICE, 0775) },
    alices_0777 = { OF(ALICE, ALICE, 0777) },
    alices_acl_bob = { OF(ALICE, ALICE, 0775), MASKED,
	.n_acl_users = 1, .acl_users = { BOB } };

#define BLAMES(why, node) GETS(DENY, TPE, why, 0, node)
#define ITSELF     NODE_SELF
#define LS         NAMED("/usr/bin/ls")
#define SHELL      NAMED("/usr/bin/sh")
#define LDSO       NAMED("/usr/lib/ld.so", ROLE_LOADER)
#define LS_WITH(node, which) NAMED("/usr/bin/ls", .odd = &(node), .at = which)
#define HOME(...)  { .name = NAME_VERIFIED, \
	.path = "/home/alice/prog", .owner = ALICE, .from = 2, __VA_ARGS__ }
#define HOME_WITH(node, which) HOME(.odd = &(node), .at = which)
#define BOBS_HOME  NAMED("/home/bob/prog", .owner = BOB, .from = 2)

static const struct row rows[] = {
	/* Names. */
	{ "a system program runs", &tpe, RUNS, { LS, LDSO } },
	{ "S3: a memfd is refused",
	    &tpe, BLAMES(NO_PATH, ITSELF), { AS(MEMFD, "memfd:x") } },
	{ "S3: an unlinked program is refused",
	    &tpe, BLAMES(NO_PATH, ITSELF), { AS(GONE, "/usr/bin/ls") } },
	{ "S10: a bind mount over a trusted path is refused",
	    &tpe, BLAMES(OTHER_FILE, ITSELF),
	    { AS(ELSEWHERE, "/usr/bin/ls") } },
	{ "own does not trust what has no name",
	    &own, BLAMES(NO_PATH, ITSELF),
	    { AS(GONE, "/home/alice/prog", .owner = ALICE) } },

	/* Every image. */
	{ "an untrusted ELF interpreter is refused",
	    &tpe, DENIED(TPE, OUTSIDE, 1), { LS, HOME(.role = ROLE_LOADER) } },
	{ "an untrusted script of a trusted interpreter is refused",
	    &tpe, DENIED(TPE, OUTSIDE, 0),
	    { HOME(.role = ROLE_SCRIPT), SHELL, LDSO } },
	{ "an untrusted interpreter of a trusted script is refused",
	    &tpe, DENIED(TPE, OUTSIDE, 1),
	    { NAMED("/usr/bin/a", ROLE_SCRIPT),
		HOME(.role = ROLE_INTERPRETER), SHELL } },
	{ "an untrusted program of a trusted script is refused",
	    &tpe, DENIED(TPE, OUTSIDE, 1),
	    { NAMED("/usr/bin/a", ROLE_SCRIPT), HOME(.role = ROLE_PROGRAM) } },

	/* Libraries. */
	{ "L3: a user's library is refused",
	    &libraries, BLAMES(OUTSIDE, ITSELF), { HOME(.role = ROLE_LIBRARY) } },
	{ "a system library is mapped",
	    &libraries, RUNS, { NAMED("/usr/lib/libc.so.6", ROLE_LIBRARY) } },
	{ "T1: a library below a foreign directory is refused",
	    &libraries, BLAMES(OWNER, 2),
	    { NAMED("/usr/lib/l.so", ROLE_LIBRARY, .odd = &bobs, .at = 2) } },
	{ "without libraries nobody looks at one",
	    &tpe, RUNS, { HOME(.role = ROLE_LIBRARY) } },
	{ "own trusts a library, too",
	    &lab_libraries, RUNS, { HOME(.role = ROLE_LIBRARY) } },
	{ "L3: a memfd is no library",
	    &libraries, BLAMES(NO_PATH, ITSELF),
	    { AS(MEMFD, "memfd:code", ROLE_LIBRARY) } },
	{ "unless it is excepted",
	    &libraries, RUNS, { AS(MEMFD, "memfd:jit-1", ROLE_LIBRARY) } },
	{ "an excepted library is mapped",
	    &libraries, RUNS,
	    { NAMED("/home/bob/ok.so", ROLE_LIBRARY, .owner = BOB) } },
	{ "a library that could not be examined is refused",
	    &libraries, DENIED(GUARD, UNKNOWN, 0),
	    { AS(UNKNOWN, "/usr/lib/l.so", ROLE_LIBRARY) } },

	/* Filesystems. */
	{ "S11: a file on FUSE is refused below a root too",
	    &tpe, BLAMES(FILESYSTEM, ITSELF),
	    { NAMED("/usr/bin/ls", .fs = FUSE) } },
	{ "own is no way round the filesystem",
	    &own, BLAMES(FILESYSTEM, ITSELF), { HOME(.fs = FUSE) } },
	{ "the filesystem of a root is trusted whatever its type",
	    &tpe, RUNS,
	    { NAMED("/usr/bin/ls", .fs = NFS, .is_on_root_device = true) } },
	{ "a listed filesystem is trusted",
	    &on_nfs, RUNS, { NAMED("/usr/bin/ls", .fs = NFS) } },
	{ "with a list, a local disk that is not on it is refused",
	    &on_nfs, BLAMES(FILESYSTEM, ITSELF), { LS } },
	{ "with a list, the device of a root does not help",
	    &on_nfs, BLAMES(FILESYSTEM, ITSELF),
	    { NAMED("/usr/bin/ls", .is_on_root_device = true) } },

	/* Roots. */
	{ "a program below no root is refused",
	    &tpe, BLAMES(OUTSIDE, ITSELF), { NAMED("/srv/x") } },
	{ "a root is not a prefix of its neighbour",
	    &tpe, BLAMES(OUTSIDE, ITSELF), { NAMED("/usrlocal/x") } },
	{ "the root / is above everything",
	    &everywhere, RUNS, { NAMED("/srv/x") } },
	{ "without roots nothing is trusted",
	    &nowhere, BLAMES(OUTSIDE, ITSELF), { LS } },
	{ "without owners nobody is trusted, root neither",
	    &nobody, BLAMES(OWNER, 0), { LS } },
	{ "a chain that is too deep is refused",
	    &tpe, BLAMES(DEEP, ITSELF),
	    { NAMED("/usr/bin/ls", .is_deep = true) } },
	{ "own is no way round the depth",
	    &own, BLAMES(DEEP, ITSELF), { HOME(.is_deep = true) } },
	{ "a chain that nobody looked at is refused",
	    &tpe, BLAMES(UNKNOWN, ITSELF),
	    { NAMED("/usr/bin/ls", .has_no_chain = true) } },

	/* Owners. */
	{ "T1: a foreign directory far above is refused, and named",
	    &tpe, BLAMES(OWNER, 1), { LS_WITH(bobs, 1) } },
	{ "a foreign / is refused",
	    &tpe, BLAMES(OWNER, 0), { LS_WITH(bobs, 0) } },
	{ "a foreign parent is refused",
	    &tpe, BLAMES(OWNER, 2), { LS_WITH(bobs, 2) } },
	{ "a foreign file below a root is refused",
	    &tpe, BLAMES(OWNER, ITSELF), { LS_WITH(bobs, ITSELF) } },
	{ "another owner can be trusted by name",
	    &staff, RUNS, { LS_WITH(bobs, 2) } },
	{ "the user's own file is foreign without own",
	    &tpe, BLAMES(OWNER, ITSELF),
	    { NAMED("/usr/bin/ls", .owner = ALICE) } },
	{ "the first bad node from / down is named",
	    &tpe, BLAMES(WRITABLE, 1),
	    { NAMED("/usr/bin/ls", .owner = BOB, .from = 2, .odd = &others,
		.at = 1) } },

	/* Mode bits. */
	{ "T4: a sticky directory is writable like any other",
	    &tpe, BLAMES(WRITABLE, 2), { LS_WITH(sticky, 2) } },
	{ "a directory that others can write is refused",
	    &tpe, BLAMES(WRITABLE, 0), { LS_WITH(others, 0) } },
	{ "a file that others can write is refused",
	    &tpe, BLAMES(WRITABLE, ITSELF), { LS_WITH(others, ITSELF) } },
	{ "T3: a group's directory is refused",
	    &tpe, BLAMES(WRITABLE, 1), { LS_WITH(of_staff, 1) } },
	{ "T3: a group that is a writer is trusted",
	    &staff, RUNS, { LS_WITH(of_staff, 1) } },
	{ "T3: a writing group may write the file as well",
	    &staff, RUNS, { LS_WITH(of_staff, ITSELF) } },
	{ "T3: a writing group does not make others trusted",
	    &staff, BLAMES(WRITABLE, 2), { LS_WITH(sticky, 2) } },
	{ "group 0 is a group like any other",
	    &staff, BLAMES(WRITABLE, 1), { LS_WITH(of_group_0, 1) } },

	/* ACLs. */
	{ "T2: an ACL entry for the user is seen behind mode 0775",
	    &tpe, BLAMES(ACL, 1), { LS_WITH(acl_alice, 1) } },
	{ "T2: a file that an ACL lets the user write is refused",
	    &tpe, BLAMES(ACL, ITSELF), { LS_WITH(acl_alice, ITSELF) } },
	{ "an ACL entry for an owner is trusted",
	    &staff, RUNS, { LS_WITH(acl_bob, 1) } },
	{ "one foreign ACL entry among owners is refused",
	    &tpe, BLAMES(ACL, 1), { LS_WITH(acl_bob, 1) } },
	{ "an ACL entry for a group is refused",
	    &tpe, BLAMES(ACL, 2), { LS_WITH(acl_staff, 2) } },
	{ "an ACL entry for a writing group is trusted",
	    &staff, RUNS, { LS_WITH(acl_staff, 2) } },
	{ "an owning group whose write an ACL leaves it is refused",
	    &tpe, BLAMES(WRITABLE, 2), { LS_WITH(acl_group_0, 2) } },
	{ "an ACL that is too long is refused",
	    &staff, BLAMES(ACL, 2), { LS_WITH(acl_full, 2) } },
	{ "an impossible count of ACL users is refused",
	    &staff, BLAMES(ACL, 2), { LS_WITH(acl_255_users, 2) } },
	{ "an impossible count of ACL groups is refused",
	    &staff, BLAMES(ACL, 2), { LS_WITH(acl_255_groups, 2) } },

	/* Own. */
	{ "a user runs what he compiled at home",
	    &lab, RUNS, { HOME(.at = 0) } },
	{ "own needs no root at all", &own, RUNS, { HOME(.at = 0) } },
	{ "own still trusts the roots", &lab, RUNS, { LS, LDSO } },
	{ "without own he does not",
	    &tpe, BLAMES(OUTSIDE, ITSELF), { HOME(.at = 0) } },
	{ "nobody runs what another compiled",
	    &lab, BLAMES(OUTSIDE, ITSELF), { BOBS_HOME } },
	{ "T7: own in /tmp is refused, and /tmp named",
	    &lab, BLAMES(WRITABLE, 1),
	    { NAMED("/tmp/prog", .owner = ALICE, .odd = &sticky, .at = 1) } },
	{ "T7: own in a folder of his own in /tmp is refused",
	    &lab, BLAMES(WRITABLE, 1),
	    { NAMED("/tmp/d/prog", .owner = ALICE, .from = 2, .odd = &sticky,
		.at = 1) } },
	{ "T7: a hard link to root's file in the home is not own",
	    &lab, BLAMES(OUTSIDE, ITSELF),
	    { NAMED("/home/alice/ls", .odd = &alices_0775, .at = 2) } },
	{ "own in another's directory is refused",
	    &lab, BLAMES(OWNER, 2), { HOME_WITH(bobs, 2) } },
	{ "own in a group-writable home is refused",
	    &lab, BLAMES(WRITABLE, 2), { HOME_WITH(alices_0775, 2) } },
	{ "own that everybody can write is refused",
	    &lab, BLAMES(WRITABLE, ITSELF),
	    { HOME_WITH(alices_0777, ITSELF) } },
	{ "own in a directory of a writing group is trusted",
	    &lab_staff, RUNS, { HOME_WITH(of_staff, 1) } },
	{ "own behind an ACL for another is refused",
	    &lab, BLAMES(ACL, 2), { HOME_WITH(alices_acl_bob, 2) } },
	{ "own behind an ACL for the user himself is trusted",
	    &lab, RUNS, { HOME_WITH(acl_alice, 1) } },
	{ "own below a root is trusted", &lab_home, RUNS, { HOME(.at = 0) } },
	{ "neither way below a root: the root's objection is told",
	    &lab_home, BLAMES(OWNER, 2), { HOME_WITH(alices_acl_bob, 2) } },
	{ "the user's ACL on the system's directories is no own",
	    &lab, BLAMES(ACL, 1), { LS_WITH(acl_alice, 1) } },
	{ "own of root is nothing without a root",
	    &own, BLAMES(OUTSIDE, ITSELF),
	    { NAMED("/usr/bin/ls", .is_for_root = true) } },
	{ "own of root does not make root an owner",
	    &own_bobs, BLAMES(OUTSIDE, ITSELF),
	    { NAMED("/usr/bin/ls", .is_for_root = true) } },

	/* Exceptions. */
	{ "an excepted path is not asked about",
	    &except, RUNS, { NAMED("/home/bob/ok", .owner = BOB) } },
	{ "an exception is for the whole path",
	    &except, BLAMES(OUTSIDE, ITSELF), { NAMED("/home/bob/d/ok") } },
	{ "a file that only calls itself so is not excepted",
	    &except, BLAMES(OTHER_FILE, ITSELF),
	    { AS(ELSEWHERE, "/home/bob/ok") } },
	{ "an unlinked file is not excepted",
	    &except, BLAMES(NO_PATH, ITSELF), { AS(GONE, "/home/bob/ok") } },
	{ "S3: an excepted memfd runs (runc needs it)",
	    &except, RUNS, { AS(MEMFD, "memfd:runc_cloned") } },
	{ "an unlinked file that is named like it is not excepted",
	    &except, BLAMES(NO_PATH, ITSELF), { AS(GONE, "memfd:runc") } },
	{ "another memfd does not",
	    &except, BLAMES(NO_PATH, ITSELF), { AS(MEMFD, "memfd:x") } },
	{ "an exception for every path is none for a memfd",
	    &except_all, BLAMES(NO_PATH, ITSELF),
	    { AS(MEMFD, "memfd:runc") } },
	{ "an excepted program does not except its loader",
	    &except, DENIED(TPE, OUTSIDE, 1),
	    { NAMED("/home/bob/ok"), HOME(.role = ROLE_LOADER) } },
};
/* clang-format on */

/* What tpe thinks of one node agrees with what it says of the whole: the first
 * that it objects to is to blame, and where it objects to none, none. */
static void
nodes_agree(void **state UNUSED)
{
	size_t n_blamed = 0;

	for (size_t r = 0; r < LENGTH(rows); r++) {
		static struct facts facts;
		const struct image *image = &facts.images[0];
		enum reason reason = REASON_NONE;
		struct verdict verdict;
		int node = 0, last;

		memset(&facts, 0, sizeof(facts));
		facts.user = rows[r].images[0].is_for_root ? 0 : ALICE;
		picture_draw(&rows[r].images[0], &facts.images[0]);
		last = (int)image->n_chain;
		verdict = check_tpe(rows[r].policy, &facts, image);
		if (image->name != NAME_VERIFIED || last > CHAIN_MAX)
			continue;
		for (; node <= last && reason == REASON_NONE; node++)
			reason = check_tpe_node(rows[r].policy, &facts, image,
			    node < last ? node : NODE_SELF);
		if (verdict.reason != REASON_OWNER &&
		    verdict.reason != REASON_WRITABLE &&
		    verdict.reason != REASON_ACL)
			continue;
		n_blamed++;
		assert_int_equal(reason, verdict.reason);
		assert_int_equal(
		    node > last ? NODE_SELF : node - 1, verdict.node);
	}
	assert_true(n_blamed > 20);
}

int
main(void)
{
	struct CMUnitTest tests[LENGTH(rows) + 1];

	for (size_t i = 0; i < LENGTH(rows); i++)
		tests[i] = (struct CMUnitTest){
			.name = rows[i].name,
			.test_func = row_test,
			.initial_state = (void *)(uintptr_t)&rows[i],
		};
	tests[LENGTH(rows)] = (struct CMUnitTest)cmocka_unit_test(nodes_agree);
	return cmocka_run_group_tests_name("tpe", tests, NULL, NULL);
}

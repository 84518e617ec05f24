/*
 * decide.h - the one question execguard exists to answer.
 *
 * Floor 1a, pure: no system call, no allocation, no global, no log line.
 * Whatever a verdict depends on is in the arguments, so that any verdict can
 * be replayed later.
 */
#ifndef EXECGUARD_DECIDE_H
#define EXECGUARD_DECIDE_H

#include <stdbool.h>
#include <stddef.h>

#include "policy/facts.h"
#include "policy/policy.h"
#include "policy/verdict.h"

/*
 * Judge one exec, or one library: every check on every image it applies to, in
 * the order segvguard, exec, tpe, elf, integrity; the most severe action wins,
 * the first of equals.  A library is a matter of tpe alone.
 *
 * facts with an image whose name is NAME_UNKNOWN, or that no collector would
 * have made (no program, script or library, counts beyond their arrays, a path
 * without its end), are refused for REASON_UNKNOWN.
 *
 * A policy with mode = MODE_PERMISSIVE turns whatever refuses into
 * ACTION_WARN and keeps it in wanted.
 *
 * Cannot fail.  Borrows nothing.
 */
struct verdict decide(const struct policy *policy, const struct facts *facts);

/* The verdict, or under a permissive policy what becomes of it; wanted stays.
 */
struct verdict decide_softened(
    const struct policy *policy, struct verdict verdict);

/* A refusal by the guard itself, softened when policy is permissive. */
struct verdict decide_refusal(const struct policy *policy, enum reason reason);

/* For check/NAME.c: no objection; and one, by a section that is on. */
struct verdict decide_no_objection(void);
struct verdict decide_objection(
    enum check check, enum reason reason, enum action action, unsigned line);

/*
 * Whether one of globs names image: by its verified path; or, for a memfd, by
 * a word "memfd:GLOB", for which a '/' in a memfd's name (runc's has three) is
 * a byte like any other.  An image under any other name is named by none.
 */
bool decide_names_image(const struct words *globs, const struct image *image);

/* The same of a path of which name says what is known. */
bool decide_names(
    const struct words *globs, enum image_name name, const char *path);

/*
 * One check on one image.  Each is in check/NAME.c and returns a verdict with
 * REASON_NONE and ACTION_ALLOW when it has no objection (also when its
 * section is absent).  The caller sets image.
 */
struct verdict check_segvguard(const struct policy *policy,
    const struct facts *facts, const struct image *image);
struct verdict check_exec(const struct policy *policy,
    const struct facts *facts, const struct image *image);
struct verdict check_tpe(const struct policy *policy, const struct facts *facts,
    const struct image *image);
struct verdict check_elf(const struct policy *policy, const struct facts *facts,
    const struct image *image);
struct verdict check_integrity(const struct policy *policy,
    const struct facts *facts, const struct image *image);

/*
 * What tpe thinks of one node of a verified image alone: NODE_SELF, or an index
 * into its chain.  A file is trusted when no node is objected to, and it lies
 * below a root or is the user's own.
 */
enum reason check_tpe_node(const struct policy *policy,
    const struct facts *facts, const struct image *image, int node);

#endif

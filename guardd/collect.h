/*
 * collect.h - a question to facts.
 *
 * Floor 2.  Collects, and decides nothing.  Text is only believed when it
 * leads to the same device and inode in the guard's own mount namespace.
 */
#ifndef EXECGUARD_COLLECT_H
#define EXECGUARD_COLLECT_H

#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "common/scope.h"
#include "guardd/guests.h"
#include "guardd/inspector.h"
#include "guardd/kernel/image.h"
#include "guardd/kernel/resolve.h"
#include "guardd/known.h"
#include "policy/facts.h"
#include "policy/ledger.h"

struct collector {
	const struct viewpoint *view;
	const struct guest *guest; /* who is judged */
	const struct ledger *ledger;
	struct known *known;
	pid_t tid;       /* as whom paths are resolved */
	bool is_confirm; /* what is named beside the program is a script */
	struct inspector *inspector;
	struct waiting *waiting; /* of the exec at hand */
};

/* How far the chain of interpreters could be followed. */
enum chain {
	CHAIN_BROKEN = 0, /* what follows is not known */
	CHAIN_WAITS,      /* not known yet: try again at waiting's ticket */
	CHAIN_WHOLE,      /* to its end */
};

/* Begin facts about an exec by real uid. */
void collect_begin(const struct collector *c, uid_t uid, struct facts *out);

/*
 * Append one image.  What cannot be found out leaves its name NAME_UNKNOWN.
 * Returns the image, or NULL when there is no room for another.
 */
struct image *collect_image(const struct collector *c, int fd,
    enum image_role role, struct facts *facts);

/*
 * Append the file of which st was found, if it was looked at a moment ago and
 * has one name.  NULL: it was not, or there is no room.
 */
struct image *collect_known(const struct collector *c, const struct statx *st,
    enum image_role role, struct facts *facts);

/*
 * Append the program that the tracee c->tid runs, of which st was found.  One
 * that was looked at a moment ago is not opened again.
 */
struct image *collect_program(
    const struct collector *c, const struct statx *st, struct facts *facts);

/*
 * Append a loader of the tracee c->tid.  Where a device and inode in maps are
 * surely those of stat(2), one that was looked at a moment ago is not opened
 * again.
 */
struct image *collect_loader(const struct collector *c,
    const struct loader *loader, struct facts *facts);

/*
 * The short way for what was named in an exec and is known: one look.  False:
 * it is not known that it is a program and no script, by that very name; then
 * facts are to be collected anew.
 */
bool collect_known_chain(
    const struct collector *c, const char *name, struct facts *facts);

/*
 * fd was named in an exec, by name: append it and, when it begins with #!, each
 * interpreter of its chain.  The last one is the ROLE_PROGRAM.
 *
 * Reads the file only when is_permitted says yes to what is known so far: a
 * filesystem of the user's may make an open wait.
 */
enum chain collect_chain(const struct collector *c, int fd, const char *name,
    struct facts *facts,
    bool (*is_permitted)(const struct collector *c, const struct facts *facts));

/* The file's identity, by an open descriptor.  False: cannot be known. */
bool collect_id(int fd, struct file_id *out);

/* Milliseconds of CLOCK_BOOTTIME. */
uint64_t collect_now(void);

#endif

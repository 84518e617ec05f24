/*
 * fake.h - a guard that misbehaves, for what a real one does not do on demand.
 *
 * The test program plays it itself: the module runs it as guardd, and the
 * last component of conf= says which part it has to play.
 */
#ifndef EXECGUARD_TESTS_FAKE_H
#define EXECGUARD_TESTS_FAKE_H

#include <stdbool.h>

/* Options of a PAM line: the fake guard of the scratch folder, in one part. */
#define FAKE(part) "guardd=@/fake conf=/" part

/* Whether these are the arguments of a guard. */
bool fake_is_meant(int argc, char **argv);

/* Play the part; returns the exit status. */
int fake_play(int argc, char **argv);

#endif

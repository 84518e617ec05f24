/*
 * magic.h - the two numbers of the hypercall.
 *
 * Floor 0.  prctl(HYPERCALL_MAGIC, HYPERCALL_CONNECT, 0, 0, 0) from a guarded
 * process reaches its own guard and no other: the filter sends every prctl(2)
 * with this first argument to the listener.  Linux knows no such option, so an
 * unguarded process gets EINVAL.  Never change either: a module of another
 * version could not find its guard any more.
 */
#ifndef EXECGUARD_MAGIC_H
#define EXECGUARD_MAGIC_H

#define HYPERCALL_MAGIC   0x45584743 /* "EXGC" */
#define HYPERCALL_CONNECT 1          /* second argument: give me a socket */

#endif

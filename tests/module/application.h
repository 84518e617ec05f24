/*
 * application.h - what PAM applications are like, and what they do in an open
 * session.
 */
#ifndef EXECGUARD_TESTS_APPLICATION_H
#define EXECGUARD_TESTS_APPLICATION_H

/* Trusts /usr, for the user nobody. */
extern const char application_policy[];

/* Before: descriptors, signals, a mask, limits, an environment of its own. */
void application_clutter(void);

/* Before: as su is when an ordinary user calls it. */
void application_set_id(void);

/* Before: two more threads, which wait. */
void application_threads(void);

/* Before: a thread that has a filter which the others have not. */
void application_odd_thread(void);

/* Before: somebody has a listener on this process. */
void application_supervised(void);

/* Before: root, but without CAP_SYS_ADMIN. */
void application_weak(void);

/* Before: a kernel whose seccomp(2) knows no listener. */
void application_old_kernel(void);

/* Inside: 0 when each thread is under a filter. */
int application_threads_filtered(void);

/* Inside: 0 when as the user /usr/bin/true runs, and a copy is refused. */
int application_runs_trusted_only(void);

#endif

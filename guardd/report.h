/*
 * report.h - what a session says of itself to an administrator, as records.
 *
 * Floor 2.  Looks, and changes nothing.  The fields are documented in
 * execguardctl(8), and only ever added to.
 */
#ifndef EXECGUARD_REPORT_H
#define EXECGUARD_REPORT_H

#include "common/record.h"
#include "common/wire.h"

struct session;

/* Who is told; line is borrowed for the call. */
struct report_to {
	void (*say)(const struct record *line, void *context);
	void *context;
};

/* {"session": ...}: one line, also when no more is to be said. */
void report_status(const struct session *s, const struct report_to *to);

/* {"guest": ...}: for whom a PAM session was opened here; a line each. */
void report_guests(const struct session *s, const struct report_to *to);

/* {"process": ...}: what is traced at this moment; a line each. */
void report_processes(const struct session *s, const struct report_to *to);

/* {"crash": ...}: what is counted, of the user that order names, or all. */
void report_crashes(const struct session *s, const struct order *order,
    const struct report_to *to);

#endif

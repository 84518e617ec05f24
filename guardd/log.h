/*
 * log.h - where operational lines go: sentences for the administrator.
 *
 * Floor 2, at the bottom.  The one mutable static of the guard: its sink.
 * Called by main.c, session.c and, for -d, by the place where each tracee's
 * step is taken.
 */
#ifndef EXECGUARD_LOG_H
#define EXECGUARD_LOG_H

#include <stdbool.h>

/* With is_debug every line also goes to stderr, and log_debug is heard. */
void log_start(bool is_debug);

void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif

/*
 * record.h - named fields, and the line of JSON that they are.
 *
 * Floor 0; record.c is the only file that sees the JSON library.  An event, and
 * what a guard answers to execguardctl, is a record.
 *
 * Want of memory is no error here: a field is then missing, a record is NULL,
 * and every function below takes NULL for what cannot be had.
 */
#ifndef EXECGUARD_RECORD_H
#define EXECGUARD_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/span.h"

struct record; /* one object; owned, or borrowed from what it is in */

struct record *record_new(void);
void record_release(struct record **record);

/* Text that is not UTF-8 is escaped: text.h. */
void record_put_text(struct record *r, const char *key, const char *text);
void record_put_number(struct record *r, const char *key, uint64_t number);
void record_put_true(struct record *r, const char *key);

/* A moment of CLOCK_BOOTTIME, as RFC 3339 has it in UTC; the clock may have
 * been set since. */
void record_put_moment(struct record *r, const char *key, uint64_t boot_ms);

/* An empty list, unless there is one. */
void record_put_list(struct record *r, const char *key);

/* A record within r, and one more in the list of them that r has under key;
 * borrowed. */
struct record *record_put_record(struct record *r, const char *key);
struct record *record_add_record(struct record *r, const char *key);

/* The same with a record that there is, which is then shared. */
void record_add(struct record *r, const char *key, const struct record *inner);

/* The record inner (NULL: nothing happens) under key, shared. */
void record_share(
    struct record *r, const char *key, const struct record *inner);

/* Without a newline, in ASCII, fields as they were put; owned. */
char *record_line(const struct record *r);

/* One object and nothing behind it; NULL for anything else.  Owned. */
struct record *record_parse(struct span line);

/* What r has under key; "", 0, false, NULL: nothing of that kind.  Borrowed. */
const char *record_text(const struct record *r, const char *key);
uint64_t record_number(const struct record *r, const char *key);
bool record_is(const struct record *r, const char *key);
const struct record *record_in(const struct record *r, const char *key);

/* How many records the list under key has, and one of them; borrowed. */
size_t record_count(const struct record *r, const char *key);
const struct record *record_at(
    const struct record *r, const char *key, size_t i);

#endif

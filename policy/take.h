/*
 * take.h - one word of a policy into the field that it is for.
 *
 * Floor 1a; allocates through words and texts, and asks the name service who is
 * meant (owners and writers).
 *
 * Each returns NULL, or a static clause that says what is wrong with the word
 * (take_no_memory for want of memory).  field is the field of the policy; a
 * list grows by the word, anything else is set.
 */
#ifndef EXECGUARD_TAKE_H
#define EXECGUARD_TAKE_H

extern const char take_no_memory[];

const char *take_selector(void *field, const char *word);
const char *take_glob(void *field, const char *word);
const char *take_except(void *field, const char *word);
const char *take_filesystem(void *field, const char *word);
const char *take_root(void *field, const char *word);
const char *take_owner(void *field, const char *word);
const char *take_writer(void *field, const char *word);
const char *take_message(void *field, const char *word);
const char *take_events(void *field, const char *word);
const char *take_action(void *field, const char *word);
const char *take_mode(void *field, const char *word);
const char *take_logout(void *field, const char *word);
const char *take_debuggers(void *field, const char *word);
const char *take_switch(void *field, const char *word);
const char *take_default(void *field, const char *word);
const char *take_vdso(void *field, const char *word);
const char *take_denial(void *field, const char *word);
const char *take_pie(void *field, const char *word);
const char *take_scope(void *field, const char *word);
const char *take_crashes(void *field, const char *word);
const char *take_seconds(void *field, const char *word);

#endif

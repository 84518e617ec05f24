/*
 * validate.h - is one word of a policy fit for its place?
 *
 * Floor 1a, pure.  Each function answers NULL, or a static clause that says
 * what is wrong with the word.
 */
#ifndef EXECGUARD_VALIDATE_H
#define EXECGUARD_VALIDATE_H

#define VALIDATE_NAME_MAX    63
#define VALIDATE_MESSAGE_MAX 255

/* The name of a policy. */
const char *validate_name(const char *word);

/* A word of users, groups, except_users, except_groups. */
const char *validate_selector(const char *word);

/* An absolute path that says what it means: no ".", "..", no pattern. */
const char *validate_path(const char *word);

/* A pattern of absolute paths, or one that begins with "**". */
const char *validate_glob(const char *word);

/* The same, or "memfd:" and a pattern. */
const char *validate_except(const char *word);

const char *validate_message(const char *word);
const char *validate_filesystem(const char *word);

/* Take doubled and trailing slashes out of a path: "//usr/" is "/usr". */
void validate_tidy(char *path);

#endif

/*
 * text.h - foreign text, made harmless for a log or a terminal.
 *
 * Floor 0, pure.
 */
#ifndef EXECGUARD_TEXT_H
#define EXECGUARD_TEXT_H

#include <stddef.h>

/* A path of PATH_MAX, every byte escaped, and its NUL. */
#define TEXT_ESCAPED_MAX (4 * 4096 + 1)

/*
 * Copy text to dst, printable ASCII as it is, a backslash doubled, and every
 * other byte as \xHH: no control byte, no escape sequence, no invalid UTF-8
 * is left.  What does not fit into size bytes (at least 1) is cut off, never
 * within an escape.
 */
void text_escape(const char *text, char *dst, size_t size);

#endif

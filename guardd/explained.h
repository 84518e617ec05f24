/*
 * explained.h - what an explanation says: explanation.h has the lines.
 *
 * Floor 2.  Looks at s->explanation and s->facts, and changes nothing.
 */
#ifndef EXECGUARD_EXPLAINED_H
#define EXECGUARD_EXPLAINED_H

struct image;
struct record;
struct session;
struct verdict;

/* A line to the starter.  Waits for one who is slow: nobody else is served. */
void explained_say(const struct session *s, const struct record *line);

/* Whose exec, under which policy; one image; why there are no more of them. */
void explained_head(const struct session *s);
void explained_image(const struct session *s, const struct image *image);
void explained_stop(const struct session *s);

/* The line with a verdict about s->facts as they are now; owned. */
struct record *explained_verdict(
    const struct session *s, const struct verdict *verdict, const char *phase);

/* The last line: "ok", or what went wrong. */
void explained_end(const struct session *s, const char *end);

#endif

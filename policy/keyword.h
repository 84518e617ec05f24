/*
 * keyword.h - the keywords of the policy language, and what each does with
 * its words.
 *
 * Floor 1a, but not pure: see take.h.
 */
#ifndef EXECGUARD_KEYWORD_H
#define EXECGUARD_KEYWORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/scope.h"

/*
 * Put one word of a file into a field.  Returns NULL, or a static clause that
 * says what is wrong with the word (take_no_memory for want of memory).
 */
typedef const char *keyword_taker(void *field, const char *word);

struct keyword {
	const char *section; /* "": the top level */
	const char *name;
	bool is_list;
	keyword_taker *take;
	size_t field; /* offset in struct policies (top level), else policy */
};

extern const struct keyword keywords[];
extern const size_t n_keywords; /* 64 at most */

/* NULL: there is none. */
const struct keyword *keyword_find(const char *section, const char *name);

/* One bit for each keyword. */
static inline uint64_t
keyword_bit(const struct keyword *keyword)
{
	return UINT64_C(1) << (keyword - keywords);
}

/* As parse_keywords(): with the sections that may stand in the section. */
const char *const *keyword_names(const char *section);

#endif

#include "policy/select.h"

#include <stdbool.h>
#include <string.h>

#include "policy/path.h"

/* The id -1 means "unchanged" to chown(2) and setresuid(2): it is nobody's. */
#define ID_MAX (UINT32_MAX - 1)

/* The digits at *text; *text moves behind them. */
static bool
take_id(const char **text, uint32_t *out)
{
	const char *c = *text;
	uint64_t id = 0;

	for (; *c >= '0' && *c <= '9'; c++) {
		id = id * 10 + (uint64_t)(*c - '0');
		if (id > ID_MAX)
			return false;
	}
	if (c == *text)
		return false;
	*text = c;
	*out = (uint32_t)id;
	return true;
}

enum id_range
select_range(const char *word, uint32_t *low, uint32_t *high)
{
	const char *c = word;
	uint32_t first, last;

	if (word[strspn(word, "0123456789-")] != '\0')
		return ID_RANGE_NONE;
	if (!take_id(&c, &first))
		return ID_RANGE_BROKEN;
	last = first;
	if (*c == '-') {
		c++;
		if (!take_id(&c, &last))
			return ID_RANGE_BROKEN;
	}
	if (*c != '\0' || last < first)
		return ID_RANGE_BROKEN;
	*low = first;
	*high = last;
	return ID_RANGE_FOUND;
}

static bool
word_names(const char *word, const char *name, uint32_t id)
{
	uint32_t low, high;

	switch (select_range(word, &low, &high)) {
	case ID_RANGE_FOUND:
		return id >= low && id <= high;
	case ID_RANGE_NONE:
		return name[0] != '\0' && path_matches(name, word);
	case ID_RANGE_BROKEN:
		break; /* the parser refuses it */
	}
	return false;
}

static bool
words_name(const struct words *words, const char *name, uint32_t id)
{
	for (size_t i = 0; i < words->n; i++)
		if (word_names(words->at[i], name, id))
			return true;
	return false;
}

static bool
words_name_group(const struct words *words, const struct subject *who)
{
	for (size_t i = 0; i < who->n_groups; i++)
		if (words_name(words, who->groups[i].name, who->groups[i].gid))
			return true;
	return false;
}

/* uid 0 must be meant: a policy for "*" does not lock the administrator out. */
static bool
users_name(const struct words *users, const struct subject *who)
{
	if (who->uid != 0)
		return words_name(users, who->user, who->uid);
	for (size_t i = 0; i < users->n; i++) {
		const char *word = users->at[i];

		if (strpbrk(word, "*?[") == NULL &&
		    word_names(word, who->user, who->uid))
			return true;
	}
	return false;
}

static bool
is_excepted(const struct policy *policy, const struct subject *who)
{
	return words_name(&policy->except_users, who->user, who->uid) ||
	       words_name_group(&policy->except_groups, who);
}

static bool
by_user(const struct policy *policy, const struct subject *who)
{
	return users_name(&policy->users, who);
}

static bool
by_group(const struct policy *policy, const struct subject *who)
{
	return who->uid != 0 && words_name_group(&policy->groups, who);
}

static bool
by_default(const struct policy *policy, const struct subject *who)
{
	return who->uid != 0 && policy->users.n == 0 && policy->groups.n == 0;
}

const struct policy *
select_policy(const struct policies *policies, const struct subject *who)
{
	static bool (*const ways[])(const struct policy *,
	    const struct subject *) = { by_user, by_group, by_default };

	for (size_t w = 0; w < sizeof(ways) / sizeof(ways[0]); w++) {
		for (size_t i = 0; i < policies->n; i++) {
			const struct policy *policy = &policies->at[i];

			if (ways[w](policy, who) && !is_excepted(policy, who))
				return policy;
		}
	}
	return NULL;
}

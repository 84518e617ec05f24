/*
 * race_score.h - how the rounds of a race ended.
 */
#ifndef EXECGUARD_RACE_SCORE_H
#define EXECGUARD_RACE_SCORE_H

#include <stdbool.h>

#include "attack.h"

struct score {
	int allowed;
	int refused;   /* the exec came back with EACCES */
	int killed;    /* at the stop, before the first instruction */
	int forbidden; /* the mark grew */
	int odd;       /* none of these */
};

static inline void
score_add(struct score *score, int status, bool has_mark)
{
	if (has_mark)
		score->forbidden++;
	else if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
		score->killed++;
	else if (WIFSIGNALED(status) || WEXITSTATUS(status) == CHILD_FAILED)
		score->odd++;
	else if (WEXITSTATUS(status) == CHILD_REFUSED)
		score->refused++;
	else
		score->allowed++;
}

static inline int
score_print(const struct score *score, int rounds)
{
	printf("%d rounds: %d allowed ran, %d refused, %d killed, "
	       "%d forbidden ran, %d went otherwise\n",
	    rounds, score->allowed, score->refused, score->killed,
	    score->forbidden, score->odd);
	if (score->forbidden > 0)
		puts("ESCAPED");
	return score->forbidden > 0 ? ATTACK_ESCAPED : ATTACK_STOPPED;
}

#endif

/*
 * hashing.h - files that are being hashed, all at the same time.
 *
 * In the inspector.  Each step takes one piece of one file, in turn: a big file
 * delays neither another nor what is asked meanwhile.
 */
#ifndef EXECGUARD_HASHING_H
#define EXECGUARD_HASHING_H

#include "common/digest.h"
#include "policy/inspection.h"

struct hashing_job {
	int fd;                /* owned; -1: free */
	struct digest *digest; /* owned */
	uint64_t size, done, said;
	struct inspection answer; /* what is known of the file already */
};

struct hashing {
	struct hashing_job jobs[INSPECTION_QUESTIONS];
	size_t n;    /* under way */
	size_t turn; /* whose it is */
};

void hashing_init(struct hashing *h);

/*
 * Begin: *fd becomes ours.  Returns 0; or a positive errno for the answer:
 * EFBIG, EAGAIN (more at a time than a guard may ask), or the digest's.
 */
int hashing_start(struct hashing *h, int *fd,
    const struct inspection_request *request,
    const struct inspection *answer) MUST_CHECK;

/*
 * Take one step, while n is not 0.  Returns whether *out is to be sent: a sign
 * of life, or an answer.
 */
bool hashing_step(struct hashing *h, struct inspection *out) MUST_CHECK;

#endif

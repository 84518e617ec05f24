#include "inspector/hashing.h"

#include <errno.h>
#include <unistd.h>

#define PIECE ((size_t)256 << 10)

void
hashing_init(struct hashing *h)
{
	for (size_t i = 0; i < INSPECTION_QUESTIONS; i++)
		h->jobs[i].fd = -1;
}

static struct hashing_job *
free_job(struct hashing *h)
{
	for (size_t i = 0; i < INSPECTION_QUESTIONS; i++)
		if (h->jobs[i].fd < 0)
			return &h->jobs[i];
	return NULL;
}

int
hashing_start(struct hashing *h, int *fd,
    const struct inspection_request *request, const struct inspection *answer)
{
	struct hashing_job *job = free_job(h);
	struct digest *digest;
	int r;

	if (request->size > INSPECTION_DIGEST_MAX)
		return EFBIG;
	if (job == NULL)
		return EAGAIN;
	r = request->algorithm < DIGEST_ALGORITHMS
	        ? digest_open(
		      (enum digest_algorithm)request->algorithm, &digest)
	        : -EINVAL;
	if (r < 0)
		return -r;
	*job = (struct hashing_job){
		.fd = fd_take(fd),
		.digest = digest,
		.size = request->size,
		.answer = *answer,
	};
	h->n++;
	return 0;
}

/* Returns 0, or a positive errno. */
static int
read_piece(struct hashing_job *job)
{
	static uint8_t piece[PIECE];
	uint64_t left = job->size - job->done;
	ssize_t n = pread(job->fd, piece, left < PIECE ? (size_t)left : PIECE,
	    (off_t)job->done);

	if (n < 0)
		return errno == EINTR ? 0 : errno;
	if (n == 0)
		return ESTALE; /* it has become shorter: another file */
	digest_add(job->digest, piece, (size_t)n);
	job->done += (uint64_t)n;
	return 0;
}

static void
finish(struct hashing *h, struct hashing_job *job, struct inspection *out)
{
	if (job->answer.error == 0)
		job->answer.error = -digest_finish(
		    job->digest, job->answer.digest);
	job->answer.is_done = 1;
	*out = job->answer;
	digest_release(&job->digest);
	fd_release(&job->fd);
	job->fd = -1;
	h->n--;
}

bool
hashing_step(struct hashing *h, struct inspection *out)
{
	struct hashing_job *job;

	do {
		job = &h->jobs[h->turn++ % INSPECTION_QUESTIONS];
	} while (job->fd < 0);
	if (job->done < job->size)
		job->answer.error = read_piece(job);
	if (job->answer.error != 0 || job->done == job->size) {
		finish(h, job, out);
		return true;
	}
	if (job->done - job->said < INSPECTION_STEP)
		return false;
	job->said = job->done;
	*out = (struct inspection){ .ticket = job->answer.ticket };
	return true;
}

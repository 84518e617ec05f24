#include "common/digest.h"

#include <errno.h>
#include <gcrypt.h>
#include <stdlib.h>
#include <string.h>

struct digest {
	gcry_md_hd_t hasher;
	size_t size;
};

static const int numbers[DIGEST_ALGORITHMS] = {
	[DIGEST_UNKNOWN] = GCRY_MD_NONE,
	[DIGEST_MD5] = GCRY_MD_MD5,
	[DIGEST_SHA1] = GCRY_MD_SHA1,
	[DIGEST_SHA256] = GCRY_MD_SHA256,
	[DIGEST_BLAKE2B_256] = GCRY_MD_BLAKE2B_256,
	[DIGEST_SHA3_256] = GCRY_MD_SHA3_256,
	[DIGEST_SHA384] = GCRY_MD_SHA384,
	[DIGEST_BLAKE2B_384] = GCRY_MD_BLAKE2B_384,
	[DIGEST_SHA3_384] = GCRY_MD_SHA3_384,
	[DIGEST_SHA512] = GCRY_MD_SHA512,
	[DIGEST_BLAKE2B] = GCRY_MD_BLAKE2B_512,
	[DIGEST_SHA3_512] = GCRY_MD_SHA3_512,
};

/*
 * Hash once with each: what is looked up or bound when it is first used is
 * then there.  An algorithm that the library lacks is digest_open()'s to tell.
 */
static int
warm_up(void)
{
	static const uint8_t bytes[4096];
	uint8_t out[DIGEST_MAX];

	for (int i = DIGEST_UNKNOWN + 1; i < DIGEST_ALGORITHMS; i++) {
		SCOPED(digest_release) struct digest *d = NULL;
		int r;

		if (digest_open((enum digest_algorithm)i, &d) < 0)
			continue;
		digest_add(d, bytes, sizeof(bytes));
		r = digest_finish(d, out);
		if (r < 0)
			return r;
	}
	return 0;
}

int
digest_init(void)
{
	if (gcry_check_version(GCRYPT_VERSION) == NULL)
		return -ENOSYS;
		/*
		 * Where the system is in FIPS mode the library's constructor
		 * has entered it already: what comes before
		 * gcry_check_version() has no effect.
		 */
#if GCRYPT_VERSION_NUMBER >= 0x010a00
	(void)gcry_control(GCRYCTL_NO_FIPS_MODE, 0);
#endif
	(void)gcry_control(GCRYCTL_DISABLE_SECMEM, 0);
	(void)gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
	return warm_up();
}

int
digest_open(enum digest_algorithm algorithm, struct digest **out)
{
	SCOPED(digest_release) struct digest *d = NULL;
	gcry_error_t error;

	if (algorithm_size(algorithm) == 0)
		return -EINVAL;
	d = calloc(1, sizeof(*d));
	if (d == NULL)
		return -ENOMEM;
	d->size = algorithm_size(algorithm);
	error = gcry_md_open(&d->hasher, numbers[algorithm], 0);
	if (error != 0)
		return gcry_err_code(error) == GPG_ERR_ENOMEM ? -ENOMEM
		                                              : -ENOTSUP;
	*out = d;
	d = NULL; /* handed over */
	return 0;
}

void
digest_add(struct digest *d, const void *bytes, size_t len)
{
	gcry_md_write(d->hasher, bytes, len);
}

int
digest_finish(struct digest *d, uint8_t out[DIGEST_MAX])
{
	const void *result = gcry_md_read(d->hasher, 0);

	if (result != NULL)
		memcpy(out, result, d->size);
	gcry_md_reset(d->hasher);
	return result != NULL ? 0 : -EIO;
}

void
digest_release(struct digest **d)
{
	if (*d == NULL)
		return;
	gcry_md_close((*d)->hasher); /* accepts NULL */
	free(*d);
}

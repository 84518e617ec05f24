#include "gate/harden.h"

#include <errno.h>
#include <stdbool.h>
#include <sys/prctl.h>

#include "common/wire.h"

#ifndef PR_SET_MDWE
#define PR_SET_MDWE              65
#define PR_MDWE_REFUSE_EXEC_GAIN 1
#define PR_GET_MDWE              66
#endif

/* linux/securebits.h of Linux 6.14; each with the bit that locks it. */
#define RESTRICT_FILE    (1L << 8 | 1L << 9)
#define DENY_INTERACTIVE (1L << 10 | 1L << 11)

static int
set_bits(long bits)
{
	int current = prctl(PR_GET_SECUREBITS, 0L, 0L, 0L, 0L);

	/* EPERM: bits that an older kernel does not know, either. */
	if (current < 0 ||
	    prctl(PR_SET_SECUREBITS, current | bits, 0L, 0L, 0L) < 0)
		return -errno;
	return 0;
}

int
harden_apply(uint32_t wanted, const char **out_what)
{
	int mdwe = prctl(PR_GET_MDWE, 0L, 0L, 0L, 0L);
	long bits = 0;
	int r = 0;

	if (wanted & WIRE_HARDEN_SCRIPTS)
		bits |= RESTRICT_FILE;
	if (wanted & WIRE_HARDEN_INTERACTIVE)
		bits |= DENY_INTERACTIVE;
	*out_what = "memory.write_exec = deny needs Linux 6.3 or later";
	if ((wanted & WIRE_HARDEN_WRITE_EXEC) && mdwe < 0)
		return -ENOSYS;
	*out_what = "memory.write_exec = deny cannot be set, for this program "
		    "has another kind of it";
	if ((wanted & WIRE_HARDEN_WRITE_EXEC) && mdwe != 0 &&
	    mdwe != PR_MDWE_REFUSE_EXEC_GAIN)
		return -EPERM;
	*out_what = "the section scripts needs Linux 6.14 or later";
	if (bits != 0)
		r = set_bits(bits);
	if (r < 0)
		return r;
	*out_what = "memory.write_exec = deny cannot be set";
	if ((wanted & WIRE_HARDEN_WRITE_EXEC) &&
	    prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0L, 0L, 0L) < 0)
		return -errno;
	return 0;
}

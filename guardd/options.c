#include "guardd/options.h"

#include <errno.h>

#include "common/number.h"

int
options_read(int argc, char *argv[], struct guardd_options *out)
{
	struct guardd_options options = { .starter = -1, .conf = CONF_PATH };
	uint64_t fd;
	int c;

	while ((c = getopt(argc, argv, "f:c:P:udx")) != -1) {
		switch (c) {
		case 'f':
			if (number_parse(optarg, 3, 1023, &fd) < 0)
				return -EINVAL;
			options.starter = (int)fd;
			break;
		case 'c':
			options.conf = optarg;
			break;
		case 'P':
			options.policy = optarg;
			break;
		case 'u':
			options.is_unprivileged = true;
			break;
		case 'd':
			options.is_debug = true;
			break;
		case 'x':
			options.is_explaining = true;
			break;
		default:
			return -EINVAL;
		}
	}
	if (options.starter < 0 || optind != argc)
		return -EINVAL;
	*out = options;
	return 0;
}

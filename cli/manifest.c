#include <string.h>

#include "cli/cli.h"
#include "cli/create.h"
#include "cli/verify.h"

int
manifest_main(int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : "";

	if (strcmp(word, "create") == 0)
		return create_main(argc - 1, argv + 1);
	if (strcmp(word, "verify") == 0)
		return verify_main(argc - 1, argv + 1);
	if (strcmp(word, "-h") == 0) {
		cli_help("manifest");
		return EXIT_FINE;
	}
	if (word[0] == '-')
		cli_bad_option("manifest", '?', word[1]);
	else {
		cli_say("manifest: create one, or verify one?");
		cli_usage("manifest");
	}
	return EXIT_USAGE;
}

#include <string.h>

#include "cli/cli.h"
#include "cli/create.h"
#include "cli/verify.h"

static int
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

/* clang-format off */
const struct verb manifest_verb = { "manifest", manifest_main, "make digests of files, or compare them",
"usage: execguardctl manifest create [-a ALGORITHM] [-o FILE] [--all] PATH...\n"
"       execguardctl manifest verify [-qw] MANIFEST [PATH...]\n"
"\n"
"create prints the digests of the programs and shared objects in the folders\n"
"that are named, and of each file that is, sorted by path, in the format of\n"
"sha256sum --tag.\n"
"\n"
"  -a ALGORITHM  SHA256 (if none is named), SHA384, SHA512, SHA3-256,\n"
"                SHA3-384, SHA3-512, BLAKE2b, BLAKE2b-256 or BLAKE2b-384\n"
"  -o FILE       replace FILE when all is done, and leave it as it was when\n"
"                something could not be read\n"
"  -A, --all     every regular file\n"
"\n"
"verify prints a line for each file that is not as MANIFEST says: PATH: and\n"
"mismatch, missing, unreadable, or link (one leads there, so that the guard\n"
"knows the file by another path); and for each program in the folders that\n"
"are named that MANIFEST does not have: unlisted.\n"
"\n"
"  -q  no sum, and no progress on the terminal\n"
"  -w  MD5 and SHA1 will do\n"
"\n"
"Exit status: 0 all is as it should be, 1 something is not, or cannot be read\n"
"or written, 2 usage.\n"
"\n"
"Example: has any system program changed, or come since?\n"
"  execguardctl manifest create -o usr.manifest /usr\n"
"  execguardctl manifest verify usr.manifest /usr\n" };
/* clang-format on */

#include "cli/installed.h"

#include "common/trusted.h"

int
installed_check(char why[PARSE_WHY])
{
	SCOPED(trusted_files_release) struct trusted_files files = { 0 };
	SCOPED(policies_release) struct policies policies = { 0 };
	int r = trusted_read(
	    CONF_PATH, TRUSTED_NOBODY, PARSE_FILE_MAX, &files, why);

	return r < 0 ? r : parse_policies(&files, &policies, why);
}

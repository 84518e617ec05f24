#include "policy/listed.h"

#include <stdio.h>
#include <string.h>

#include "common/io.h"
#include "common/trusted.h"
#include "policy/manifest.h"

_Static_assert(
    PARSE_WHY >= MANIFEST_WHY && PARSE_WHY >= TRUSTED_WHY, "a sentence is cut");

static int
read_text(const char *path, uid_t also, char **out, size_t *out_len,
    char why[PARSE_WHY])
{
	SCOPED(fd_release) int fd = trusted_open(path, also, why);
	int r = fd < 0 ? fd : io_read_all(fd, MANIFEST_FILE_MAX, out, out_len);

	if (fd >= 0 && r < 0)
		(void)snprintf(
		    why, PARSE_WHY, "cannot read %s: %s", path, strerror(-r));
	return r;
}

static int
add(struct manifest *m, const char *path, bool weak, uid_t also,
    char why[PARSE_WHY])
{
	SCOPED(text_release) char *text = NULL;
	struct manifest_error error;
	size_t len = 0;
	int r = read_text(path, also, &text, &len, why);

	if (r < 0)
		return r;
	r = manifest_add(
	    m, path, (struct span){ (const uint8_t *)text, len }, weak, &error);
	if (r < 0)
		manifest_explain(path, &error, why);
	return r;
}

int
listed_load(struct policy *policy, uid_t also, char why[PARSE_WHY])
{
	struct integrity_rules *rules = &policy->integrity;
	SCOPED(manifest_release) struct manifest m = { 0 };

	if (!rules->is_on || rules->is_loaded)
		return 0;
	for (size_t i = 0; i < rules->manifests.n; i++) {
		int r = add(&m, rules->manifests.at[i], rules->weak, also, why);

		if (r < 0)
			return r;
	}
	manifest_seal(&m);
	rules->listed = m;
	m = (struct manifest){ 0 };
	rules->is_loaded = true;
	return 0;
}

/*
 * manifest_fuzz.c - bytes of anybody for manifest_add(), by libFuzzer.
 *
 *	make fuzz && build/fuzz/manifest_fuzz -max_len=16384 CORPUS
 */
#include <stdlib.h>
#include <string.h>

#include "policy/manifest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
insist(bool holds)
{
	if (!holds)
		abort();
}

/* What was read is found, or something stronger in its place. */
static void
insist_on_entries(const struct manifest *m, bool weak)
{
	struct manifest_entry entry, found;
	size_t at = 0, n = 0;

	while (manifest_next(m, &at, &entry)) {
		insist(entry.path[0] == '/');
		insist(entry.line > 0);
		insist(weak || !algorithm_is_weak(entry.algorithm));
		insist(algorithm_size(entry.algorithm) > 0);
		insist(manifest_find(m, entry.path, &found));
		insist(strcmp(found.path, entry.path) == 0);
		insist(found.algorithm >= entry.algorithm);
		insist(found.algorithm > entry.algorithm ||
		       found.digest == entry.digest);
		n++;
	}
	insist(n == m->n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	SCOPED(manifest_release) struct manifest m = { 0 };
	const struct span text = { data, len };
	const bool weak = len % 2 == 1;
	struct manifest_error error = { 0 };
	char why[MANIFEST_WHY];
	size_t n;

	if (manifest_add(&m, "one", text, weak, &error) < 0) {
		insist(error.line > 0 && error.what != NULL);
		manifest_explain("one", &error, why);
		insist(strncmp(why, "one:", 4) == 0);
		return 0;
	}
	n = m.n;
	insist(manifest_add(&m, "two", text, weak, &error) == 0);
	insist(m.n == n);
	manifest_seal(&m);
	insist_on_entries(&m, weak);
	return 0;
}

#include "cli/verify.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/contents.h"
#include "cli/progress.h"
#include "cli/walk.h"
#include "common/io.h"
#include "common/text.h"
#include "policy/manifest.h"

/* What is found of one file. */
enum finding {
	FINDING_UNREADABLE = 0,
	FINDING_MATCH,
	FINDING_MISMATCH,
	FINDING_MISSING,
	FINDING_LINK, /* a symbolic link leads there: the guard finds no entry
	               */
	FINDING_UNLISTED,
	FINDINGS,
};

static const char *const words[FINDINGS] = {
	[FINDING_UNREADABLE] = "unreadable",
	[FINDING_MATCH] = "match",
	[FINDING_MISMATCH] = "mismatch",
	[FINDING_MISSING] = "missing",
	[FINDING_LINK] = "link",
	[FINDING_UNLISTED] = "unlisted",
};

struct verify {
	struct manifest manifest;
	struct digest *digests[DIGEST_ALGORITHMS]; /* owned; when needed */
	struct progress progress;
	size_t n[FINDINGS];
};

static void
verify_release(struct verify *v)
{
	progress_clear(&v->progress);
	for (size_t i = 0; i < LENGTH(v->digests); i++)
		digest_release(&v->digests[i]);
	manifest_release(&v->manifest);
}

static void
note(struct verify *v, const char *path, enum finding finding)
{
	char escaped[TEXT_ESCAPED_MAX];

	v->n[finding]++;
	if (finding == FINDING_MATCH)
		return;
	progress_clear(&v->progress);
	text_escape(path, escaped, sizeof(escaped));
	printf("%s: %s\n", escaped, words[finding]);
}

/* Unreadable: the reason is for people. */
static void
on_trouble(void *context, const char *path, const char *why)
{
	struct verify *v = context;
	char escaped[TEXT_ESCAPED_MAX];

	note(v, path, FINDING_UNREADABLE);
	text_escape(path, escaped, sizeof(escaped));
	cli_say("cannot read %s: %s", escaped, why);
}

static int
digest_of(struct verify *v, enum digest_algorithm algorithm, int fd,
    const struct stat *st, uint8_t out[DIGEST_MAX])
{
	struct digest **digest = &v->digests[algorithm];

	if (*digest == NULL) {
		int r = digest_open(algorithm, digest);

		if (r < 0)
			return r;
	}
	return contents_digest(fd, st, *digest, out);
}

static void
verify_entry(struct verify *v, const struct manifest_entry *entry)
{
	uint8_t digest[DIGEST_MAX];
	struct stat st;
	SCOPED(fd_release) int fd = contents_open_plain(entry->path, &st);
	int r = fd;

	progress_step(&v->progress, entry->path);
	if (fd >= 0)
		r = digest_of(v, entry->algorithm, fd, &st, digest);
	if (r == -ENOENT || r == -ENOTDIR)
		note(v, entry->path, FINDING_MISSING);
	else if (r == -ELOOP)
		note(v, entry->path, FINDING_LINK);
	else if (r < 0)
		on_trouble(v, entry->path, contents_why(r));
	else if (memcmp(digest, entry->digest,
		     algorithm_size(entry->algorithm)) != 0)
		note(v, entry->path, FINDING_MISMATCH);
	else
		note(v, entry->path, FINDING_MATCH);
}

/* Each path once, by the entry that counts. */
static void
verify_entries(struct verify *v)
{
	struct manifest_entry entry, strongest;
	size_t at = 0;

	while (manifest_next(&v->manifest, &at, &entry))
		if (manifest_find(&v->manifest, entry.path, &strongest) &&
		    strongest.digest == entry.digest)
			verify_entry(v, &entry);
}

static int
on_file(void *context, const struct walk_file *file)
{
	struct verify *v = context;
	struct manifest_entry entry;
	struct stat st;
	SCOPED(fd_release) int fd = -1;

	progress_step(&v->progress, file->path);
	if (manifest_find(&v->manifest, file->path, &entry))
		return 0;
	fd = contents_open(file->folder, file->name, &st);
	if (fd == -ENOENT || fd == -EINVAL || fd == -ELOOP)
		return 0; /* gone, or no file any more */
	if (fd < 0)
		on_trouble(v, file->path, contents_why(fd));
	else if (file->is_named || contents_is_program(fd, &st))
		note(v, file->path, FINDING_UNLISTED);
	return 0;
}

static int
read_file(const char *path, char **out, size_t *out_len)
{
	SCOPED(fd_release)
	int fd = open(path, O_RDONLY | O_NOCTTY | O_CLOEXEC);
	int r = fd < 0 ? -errno
	               : io_read_all(fd, MANIFEST_FILE_MAX, out, out_len);

	if (r < 0)
		cli_say("cannot read %s: %s", path, strerror(-r));
	return r;
}

static int
read_manifest(const char *path, bool weak, struct manifest *out)
{
	SCOPED(text_release) char *text = NULL;
	struct manifest_error error;
	char why[MANIFEST_WHY];
	size_t len = 0;
	int r = read_file(path, &text, &len);

	if (r < 0)
		return r;
	r = manifest_add(out, path, (struct span){ (const uint8_t *)text, len },
	    weak, &error);
	if (r < 0) {
		manifest_explain(path, &error, why);
		cli_point(why);
		return r;
	}
	manifest_seal(out);
	return 0;
}

static bool
is_fine(const struct verify *v)
{
	for (int i = 0; i < FINDINGS; i++)
		if (i != FINDING_MATCH && v->n[i] > 0)
			return false;
	return true;
}

static void
sum_up(const struct verify *v)
{
	printf("%zu match", v->n[FINDING_MATCH]);
	for (int i = 0; i < FINDINGS; i++)
		if (i != FINDING_MATCH && v->n[i] > 0)
			printf(", %zu %s", v->n[i], words[i]);
	(void)putchar('\n');
}

static int
verify(struct verify *v, char **paths, bool is_quiet)
{
	const struct walker walker = { on_file, on_trouble, v };
	int r = digest_init();

	if (r < 0) {
		cli_say("cannot make digests: %s", strerror(-r));
		return EXIT_WRONG;
	}
	v->progress = progress_start(!is_quiet);
	verify_entries(v);
	r = walk_paths(paths, &walker);
	progress_clear(&v->progress);
	if (r < 0) {
		cli_say("out of memory");
		return EXIT_WRONG;
	}
	if (!is_quiet)
		sum_up(v);
	if (fflush(stdout) != 0) {
		cli_say(
		    "cannot write the standard output: %s", strerror(errno));
		return EXIT_WRONG;
	}
	return is_fine(v) ? EXIT_FINE : EXIT_WRONG;
}

int
verify_main(int argc, char **argv)
{
	SCOPED(verify_release) struct verify v = { 0 };
	bool is_quiet = false, weak = false;
	int o;

	while ((o = getopt(argc, argv, ":hqw")) != -1) {
		switch (o) {
		case 'q':
			is_quiet = true;
			break;
		case 'w':
			weak = true;
			break;
		case 'h':
			cli_help("manifest");
			return EXIT_FINE;
		default:
			cli_bad_option("manifest", o, optopt);
			return EXIT_USAGE;
		}
	}
	if (optind == argc) {
		cli_say("manifest verify: which manifest?");
		cli_usage("manifest");
		return EXIT_USAGE;
	}
	if (read_manifest(argv[optind], weak, &v.manifest) < 0)
		return EXIT_WRONG;
	return verify(&v, argv + optind + 1, is_quiet);
}

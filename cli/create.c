#include "cli/create.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/contents.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/walk.h"
#include "common/text.h"
#include "policy/tagged.h"

struct create {
	enum digest_algorithm algorithm;
	struct digest *digest; /* owned */
	struct output output;
	struct progress progress;
	bool is_all; /* every regular file, and not only programs */
	bool is_wrong;
};

static void
create_release(struct create *c)
{
	progress_clear(&c->progress);
	digest_release(&c->digest);
	output_release(&c->output);
}

static void
on_trouble(void *context, const char *path, const char *why)
{
	struct create *c = context;
	char escaped[TEXT_ESCAPED_MAX];

	progress_clear(&c->progress);
	text_escape(path, escaped, sizeof(escaped));
	cli_say("cannot read %s: %s", escaped, why);
	c->is_wrong = true;
}

static int
write_line(struct create *c, const char *path, const uint8_t *digest)
{
	char spelled[TAGGED_ESCAPED_MAX], hex[2 * DIGEST_MAX + 1];
	bool is_escaped = tagged_escape(path, spelled);

	tagged_hex(digest, algorithm_size(c->algorithm), hex);
	if (fprintf(c->output.stream, "%s%s (%s) = %s\n",
		is_escaped ? "\\" : "", algorithm_name(c->algorithm), spelled,
		hex) < 0)
		return -errno;
	return 0;
}

static int
on_file(void *context, const struct walk_file *file)
{
	struct create *c = context;
	uint8_t digest[DIGEST_MAX];
	struct stat st;
	SCOPED(fd_release)
	int fd = contents_open(file->folder, file->name, &st);
	int r = fd;

	progress_step(&c->progress, file->path);
	if (fd >= 0) {
		if (output_is(&c->output, &st) ||
		    !(c->is_all || file->is_named ||
			contents_is_program(fd, &st)))
			return 0;
		r = contents_digest(fd, &st, c->digest, digest);
		if (r == 0)
			return write_line(c, file->path, digest);
	}
	if (r == -EINTR)
		return r;
	/* What is gone, or no file any more, since its name was read. */
	if (!file->is_named && (r == -ENOENT || r == -EINVAL || r == -ELOOP))
		return 0;
	on_trouble(c, file->path, contents_why(r));
	return 0;
}

static int
open_digest(struct create *c)
{
	int r = digest_init();

	if (r == 0)
		r = digest_open(c->algorithm, &c->digest);
	if (r < 0)
		cli_say("cannot make digests by %s: %s",
		    algorithm_name(c->algorithm), contents_why(r));
	return r;
}

static int
create(struct create *c, const char *output, char **paths)
{
	const struct walker walker = { on_file, on_trouble, c };
	const char *name = output != NULL ? output : "the standard output";
	int r;

	if (open_digest(c) < 0)
		return EXIT_WRONG;
	r = output_open(output, &c->output);
	if (r == 0) {
		c->progress = progress_start(
		    output != NULL || isatty(STDOUT_FILENO) == 0);
		r = walk_paths(paths, &walker);
		progress_clear(&c->progress);
		if (r == 0 && c->is_wrong && output != NULL) {
			cli_say("%s is left as it was", output);
			return EXIT_WRONG;
		}
	}
	if (r == 0)
		r = output_commit(&c->output);
	if (r < 0 && r != -EINTR)
		cli_say("cannot write %s: %s", name, strerror(-r));
	return r < 0 || c->is_wrong ? EXIT_WRONG : EXIT_FINE;
}

/* The algorithm of -a. */
static int
take_algorithm(const char *name, enum digest_algorithm *out)
{
	enum digest_algorithm algorithm = algorithm_named(name);

	if (algorithm == DIGEST_UNKNOWN) {
		cli_say("manifest create: there is no algorithm '%s': SHA256, "
			"SHA384, SHA512, SHA3-256, SHA3-384, SHA3-512, "
			"BLAKE2b, BLAKE2b-256 or BLAKE2b-384",
		    name);
		return -EINVAL;
	}
	if (algorithm_is_weak(algorithm)) {
		cli_say("manifest create: %s is weak: two files can be made "
			"that have one digest",
		    name);
		return -EINVAL;
	}
	*out = algorithm;
	return 0;
}

int
create_main(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "all", no_argument, NULL, 'A' }, { NULL, 0, NULL, 0 }
	};
	SCOPED(create_release)
	struct create c = { .algorithm = DIGEST_SHA256 };
	const char *output = NULL;
	int o;

	while ((o = getopt_long(argc, argv, ":Aa:ho:", longs, NULL)) != -1) {
		switch (o) {
		case 'A':
			c.is_all = true;
			break;
		case 'a':
			if (take_algorithm(optarg, &c.algorithm) < 0)
				return EXIT_USAGE;
			break;
		case 'o':
			output = optarg;
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
		cli_say("manifest create: of which files, or folders?");
		cli_usage("manifest");
		return EXIT_USAGE;
	}
	return create(&c, output, argv + optind);
}

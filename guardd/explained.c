#include "guardd/explained.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "common/record.h"
#include "guardd/libraries.h"
#include "guardd/session.h"
#include "policy/explain.h"
#include "policy/fstype.h"

#define MESSAGE_MAX 32768 /* one message of the answer */

void
explained_say(const struct session *s, const struct record *record)
{
	SCOPED(text_release) char *line = record_line(record);
	size_t len = line != NULL ? strlen(line) : 0;

	if (line == NULL)
		return;
	line[len++] = '\n'; /* in the place of the NUL */
	for (size_t sent = 0; sent < len;) {
		size_t rest = len - sent;
		ssize_t n = send(s->starter, line + sent,
		    rest < MESSAGE_MAX ? rest : MESSAGE_MAX, MSG_NOSIGNAL);

		if (n < 0 && errno != EINTR)
			return;
		sent += n > 0 ? (size_t)n : 0;
	}
}

void
explained_end(const struct session *s, const char *end)
{
	SCOPED(record_release) struct record *line = record_new();

	record_put_text(line, "end", end);
	explained_say(s, line);
}

void
explained_head(const struct session *s)
{
	const struct request *r = &s->explanation.r;
	const struct policy *policy = r->guest->policy;
	SCOPED(record_release) struct record *line = record_new();
	struct record *head = record_put_record(line, "explain");

	record_put_text(head, "asked", r->path);
	record_put_text(head, "user", r->guest->user);
	record_put_number(head, "uid", r->guest->uid);
	record_put_text(head, "policy", policy->name);
	event_put_line(head, policy, policy->line);
	record_put_text(head, "mode",
	    policy->mode == MODE_PERMISSIVE ? "permissive" : "enforce");
	/* Nobody else knows what a session counts for itself. */
	if (policy->segvguard.is_on &&
	    (!policy->segvguard.is_shared || s->options.is_unprivileged))
		record_put_true(head, "crashes_unknown");
	if (libraries_matter(policy))
		record_put_true(head, "libraries");
	explained_say(s, line);
}

static void
put_verdict(struct record *to, const struct policy *policy,
    const struct verdict *verdict)
{
	record_put_text(to, "action", action_name(verdict->action));
	if (verdict->wanted != verdict->action)
		record_put_text(to, "wanted", action_name(verdict->wanted));
	record_put_text(to, "check", explain_check(verdict->check));
	record_put_text(to, "reason", explain_reason(verdict->reason));
	record_put_text(to, "tip", explain_tip(verdict->reason));
	event_put_line(to, policy, verdict->line);
}

/* Each check on one image, whatever the others think. */
static void
put_checks(struct record *to, const struct policy *policy,
    const struct facts *facts, const struct image *image)
{
	const struct {
		struct verdict (*judge)(const struct policy *policy,
		    const struct facts *facts, const struct image *image);
		enum check check;
		bool is_on;
		unsigned line;
		const struct words *except;
	} sections[] = {
#define SECTION(check, word)                                                   \
	{ check_##word, check, policy->word.is_on, policy->word.line,          \
		&policy->word.except }
		SECTION(CHECK_SEGVGUARD, segvguard),
		SECTION(CHECK_EXEC, exec),
		SECTION(CHECK_TPE, tpe),
		SECTION(CHECK_ELF, elf),
		SECTION(CHECK_INTEGRITY, integrity),
#undef SECTION
	};

	for (size_t i = 0; i < LENGTH(sections); i++) {
		struct record *one = record_add_record(to, "checks");
		bool is_excepted = decide_names_image(
		    sections[i].except, image);
		struct verdict verdict = decide_softened(
		    policy, sections[i].judge(policy, facts, image));

		verdict.check = sections[i].check;
		verdict.line = sections[i].is_on ? sections[i].line : 0;
		put_verdict(one, policy, &verdict);
		if (!sections[i].is_on)
			record_put_true(one, "off");
		else if (is_excepted)
			record_put_true(one, "excepted");
	}
}

/* How long the path of its i-th directory is; of "/", the first, it is 1. */
static size_t
directory_len(const char *path, size_t i)
{
	size_t len = 1;

	while (i-- > 0)
		len += strcspn(path + len, "/") + (i > 0);
	return len;
}

/* The directories from "/" down, and the file; with what tpe thinks of each. */
static void
put_chain(struct record *to, const struct policy *policy,
    const struct facts *facts, const struct image *image, bool is_judged)
{
	char path[PATH_MAX];

	for (size_t i = 0; i <= image->n_chain; i++) {
		bool is_file = i == image->n_chain;
		size_t len = is_file ? strlen(image->path)
		                     : directory_len(image->path, i);
		struct record *one = record_add_record(to, "chain");

		memcpy(path, image->path, len);
		path[len] = '\0';
		record_put_text(one, "path", path);
		event_put_owner(one, is_file ? &image->self : &image->chain[i]);
		if (is_judged)
			record_put_text(one, "reason",
			    explain_reason(check_tpe_node(policy, facts, image,
				is_file ? NODE_SELF : (int)i)));
	}
}

void
explained_image(const struct session *s, const struct image *image)
{
	static const char *const names[] = {
		[NAME_UNKNOWN] = "unknown",
		[NAME_GONE] = "gone",
		[NAME_MEMFD] = "memfd",
		[NAME_ELSEWHERE] = "elsewhere",
		[NAME_VERIFIED] = "verified",
	};
	const struct policy *policy = s->explanation.r.guest->policy;
	const char *filesystem = fstype_name(image->fs_type);
	SCOPED(record_release) struct record *line = record_new();
	struct record *to = record_put_record(line, "image");
	bool is_judged = policy->tpe.is_on &&
	                 !decide_names_image(&policy->tpe.except, image);

	record_put_text(to, "path", image->path);
	record_put_text(to, "role", explain_role(image->role));
	record_put_text(to, "name", names[image->name]);
	event_put_identity(to, image->id);
	event_put_owner(to, &image->self);
	if (filesystem != NULL)
		record_put_text(to, "filesystem", filesystem);
	put_checks(to, policy, &s->facts, image);
	if (image->name == NAME_VERIFIED && image->n_chain > 0 &&
	    !image->chain_too_deep)
		put_chain(to, policy, &s->facts, image, is_judged);
	explained_say(s, line);
}

/* What cannot be followed from outside may well be followed by the kernel. */
static bool
is_certain(const struct explanation *e)
{
	switch (e->stop) {
	case STOP_PATH:
	case STOP_INTERPRETER:
	case STOP_LOADER:
		return e->error == -ENOENT || e->error == -ENOTDIR ||
		       e->error == -ENAMETOOLONG || e->error == -EACCES;
	case STOP_NO_PROGRAM:
	case STOP_DEEP:
		return true;
	case STOP_NONE:
	case STOP_UNREAD:
	case STOP_REFUSED:
	case STOP_SHEBANG:
	case STOP_FORMAT:
	case STOP_MALFORMED:
	case STOP_LONG:
	case STOPS:
		break;
	}
	return false;
}

void
explained_stop(const struct session *s)
{
	static const char *const sentences[STOPS] = {
		[STOP_PATH] = "it cannot be opened",
		[STOP_NO_PROGRAM] = "it is no regular file, and the kernel "
				    "runs nothing else",
		[STOP_UNREAD] = "it cannot be read, so whether it is a script, "
				"and of what, is not known",
		[STOP_REFUSED] = "it is not read, as it is refused already",
		[STOP_SHEBANG] =
		    "its first line names no interpreter: the kernel refuses "
		    "it, and a shell reads it as its own script",
		[STOP_INTERPRETER] = "the interpreter that its first line "
				     "names cannot be opened",
		[STOP_DEEP] = "too many interpreters stand behind each other",
		[STOP_LOADER] = "its ELF interpreter cannot be opened",
		[STOP_FORMAT] = "it is neither a script nor an ELF file: the "
				"kernel runs it by a handler of binfmt_misc, "
				"or a shell reads it as its own script",
		[STOP_MALFORMED] = "it begins like an ELF file, and is none "
				   "that the kernel surely runs",
		[STOP_LONG] = "its ELF interpreter has too long a name to be "
			      "told before it is loaded",
	};
	const struct explanation *e = &s->explanation;
	size_t n = s->facts.n_images;
	SCOPED(record_release) struct record *line = record_new();
	struct record *to = record_put_record(line, "stop");

	if (e->stop == STOP_NONE)
		return;
	record_put_text(
	    to, "path", n > 0 ? s->facts.images[n - 1].path : e->r.path);
	record_put_text(to, "why", sentences[e->stop]);
	if (e->error != 0)
		record_put_text(to, "error", strerror(-e->error));
	if (is_certain(e))
		record_put_true(to, "certain");
	explained_say(s, line);
}

struct record *
explained_verdict(
    const struct session *s, const struct verdict *verdict, const char *phase)
{
	struct record *line = record_new();
	struct record *to = record_put_record(line, "verdict");

	record_put_text(to, "phase", phase);
	put_verdict(to, s->explanation.r.guest->policy, verdict);
	if (verdict->reason != REASON_NONE)
		event_put_image(to, &s->facts, verdict);
	return line;
}

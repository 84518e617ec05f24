#include "guardd/event.h"

#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <syslog.h>
#include <time.h>

#include "common/record.h"
#include "common/text.h"
#include "policy/explain.h"

/* Every failure below is want of memory: the field is then missing, and the
 * decision was made long ago. */
static void
put_time(struct record *object)
{
	struct timespec now;
	struct tm utc;
	char day[32], text[64];

	(void)clock_gettime(CLOCK_REALTIME, &now); /* cannot fail: clock(3) */
	if (gmtime_r(&now.tv_sec, &utc) == NULL)
		return;
	(void)strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", &utc);
	(void)snprintf(
	    text, sizeof(text), "%s.%03ldZ", day, now.tv_nsec / 1000000);
	record_put_text(object, "time", text);
}

static struct record *
begin(const struct event_source *from, const char *kind)
{
	const struct guest *guest = from->guest;
	struct record *object = record_new();

	put_time(object);
	record_put_text(object, "session", from->session);
	record_put_text(object, "event", kind);
	record_put_text(object, "login", from->login);
	record_put_text(object, "user", guest->user);
	record_put_number(object, "uid", guest->uid);
	record_put_text(object, "service", guest->service);
	record_put_text(object, "tty", guest->tty);
	record_put_text(object, "rhost", guest->rhost);
	if (guest->policy != NULL)
		record_put_text(object, "policy", guest->policy->name);
	return object;
}

static void
say_what_was_dropped(const struct event_source *from)
{
	uint64_t n = from->sink->n_dropped;
	SCOPED(record_release) struct record *object = NULL;

	if (n == 0)
		return;
	object = begin(from, "dropped");
	record_put_number(object, "count", n);

	SCOPED(text_release) char *line = record_line(object);

	if (line == NULL)
		return;
	sink_line(from->sink, LOG_WARNING, line, strlen(line));
	/* Either this one went out, or it was lost too: no event of its own. */
	from->sink->n_dropped = from->sink->n_dropped == n ? 0 : n;
}

static void
finish(const struct event_source *from, int priority, struct record *object)
{
	SCOPED(text_release) char *line = record_line(object);

	if (line == NULL)
		return;
	say_what_was_dropped(from);
	sink_line(from->sink, priority, line, strlen(line));
	journal_put(from->journal, line);
	line = NULL; /* handed over */
}

void
event_put_identity(struct record *object, struct file_id id)
{
	char device[32];

	(void)snprintf(
	    device, sizeof(device), "%u:%u", major(id.dev), minor(id.dev));
	record_put_text(object, "device", device);
	record_put_number(object, "inode", id.ino);
}

void
event_put_owner(struct record *object, const struct node *node)
{
	char mode[16];

	record_put_number(object, "owner", node->owner);
	record_put_number(object, "group", node->group);
	(void)snprintf(mode, sizeof(mode), "%04o", node->mode & 07777);
	record_put_text(object, "mode", mode);
}

/* The directory that is to blame: the first index + 1 parts of path. */
static void
put_blamed(struct record *object, const struct image *image, int index)
{
	char path[PATH_MAX];
	const char *end = image->path;
	size_t len;

	if (index == NODE_SELF) {
		record_put_text(object, "node", image->path);
		return;
	}
	for (int i = 0; i < index && end != NULL; i++)
		end = strchr(end + 1, '/');
	if (end == NULL)
		return;
	len = end == image->path ? 1 : (size_t)(end - image->path);
	memcpy(path, image->path, len);
	path[len] = '\0';
	record_put_text(object, "node", path);
	event_put_owner(object, &image->chain[index]);
}

void
event_put_image(struct record *object, const struct facts *facts,
    const struct verdict *verdict)
{
	const struct image *image;

	if (facts == NULL || verdict->image >= facts->n_images)
		return;
	image = &facts->images[verdict->image];
	record_put_text(object, "path", image->path);
	record_put_text(object, "role", explain_role(image->role));
	event_put_identity(object, image->id);
	event_put_owner(object, &image->self);
	if (verdict->check == CHECK_TPE)
		put_blamed(object, image, verdict->node);
}

void
event_put_line(
    struct record *object, const struct policy *policy, unsigned line)
{
	char text[PATH_MAX + 16];

	if (policy == NULL || line == 0)
		return;
	(void)snprintf(text, sizeof(text), "%s:%u", policy->file, line);
	record_put_text(object, "policy_line", text);
}

void
event_exec(const struct event_source *from, const struct event_exec *e)
{
	SCOPED(record_release) struct record *object = begin(from, "exec");
	const struct verdict *v = &e->verdict;
	const struct policy *policy = from->guest->policy;

	record_put_text(object, "action", action_name(v->action));
	if (v->wanted != v->action)
		record_put_text(object, "wanted", action_name(v->wanted));
	record_put_text(object, "phase", e->is_confirm ? "confirm" : "ask");
	record_put_text(object, "check", explain_check(v->check));
	record_put_text(object, "reason", explain_reason(v->reason));
	if (e->is_race)
		record_put_true(object, "race");
	if (e->asked != NULL)
		record_put_text(object, "asked", e->asked);
	event_put_image(object, e->facts, v);
	record_put_text(object, "tip", explain_tip(v->reason));
	event_put_line(object, policy, v->line);
	record_put_number(object, "pid", (uint64_t)e->pid);
	if (policy != NULL && policy->message != NULL)
		record_put_text(object, "message", policy->message);
	finish(from, LOG_WARNING, object);
}

void
event_crash(const struct event_source *from, const struct event_crash *e)
{
	SCOPED(record_release) struct record *object = begin(from, "crash");

	record_put_text(object, "path", e->path);
	event_put_identity(object, e->image);
	record_put_number(object, "pid", (uint64_t)e->pid);
	record_put_number(object, "ruid", e->real);
	record_put_number(object, "signal", (uint64_t)e->signal);
	record_put_number(object, "crashes", e->n_crashes);
	finish(from, LOG_NOTICE, object);

	if (e->suspended_s == 0)
		return;

	SCOPED(record_release) struct record *second = begin(from, "suspended");

	record_put_text(second, "path", e->path);
	event_put_identity(second, e->image);
	record_put_number(second, "seconds", e->suspended_s);
	finish(from, LOG_WARNING, second);
}

void
event_inspector(const struct event_source *from, const char *why)
{
	SCOPED(record_release) struct record *object = begin(from, "inspector");

	record_put_text(object, "why", why);
	finish(from, LOG_WARNING, object);
}

void
event_permit(const struct event_source *from, const struct event_permit *e)
{
	SCOPED(record_release) struct record *object = begin(from, "permit");

	record_put_text(object, "state", e->state);
	if (e->check[0] != '\0')
		record_put_text(object, "check", e->check);
	if (e->path[0] != '\0')
		record_put_text(object, "path", e->path);
	record_put_number(object, "seconds", e->seconds);
	finish(from, LOG_WARNING, object);
}

void
event_session(const struct event_source *from, const char *state,
    const struct event_counters *counters)
{
	SCOPED(record_release) struct record *object = begin(from, "session");

	record_put_text(object, "state", state);
	if (counters != NULL) {
		record_put_number(object, "asked", counters->asked);
		record_put_number(object, "refused", counters->refused);
		record_put_number(object, "repeated", counters->repeated);
		record_put_number(object, "confirmed", counters->confirmed);
		record_put_number(object, "killed", counters->killed);
		record_put_number(object, "races", counters->races);
	}
	finish(from, LOG_INFO, object);
}

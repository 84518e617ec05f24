#include "guardd/report.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "guardd/session.h"

static void
put_guest(struct record *r, const struct guest *guest)
{
	record_put_text(r, "user", guest->user);
	record_put_number(r, "uid", guest->uid);
	record_put_text(r, "service", guest->service);
	record_put_text(r, "tty", guest->tty);
	record_put_text(r, "rhost", guest->rhost);
	if (guest->policy == NULL)
		return;
	record_put_text(r, "policy", guest->policy->name);
	record_put_text(r, "mode",
	    guest->policy->mode == MODE_PERMISSIVE ? "permissive" : "enforce");
	record_put_text(
	    r, "tracing", guest->policy->segvguard.is_on ? "hold" : "let-go");
}

static void
count_suspended(const struct ledger_entry *entry, void *context)
{
	uint64_t *n = context;

	if (entry->suspended_until > 0)
		(*n)++;
}

static void
put_counters(struct record *r, const struct session *s)
{
	const struct event_counters *c = &s->counters;
	uint64_t n_suspended = 0;

	ledger_walk(&s->ledger, collect_now(), count_suspended, &n_suspended);
	record_put_number(r, "traced", s->tracees.n);
	record_put_number(r, "asked", c->asked);
	record_put_number(r, "execs", c->confirmed);
	record_put_number(r, "denials", c->refused + c->killed);
	record_put_number(r, "races", c->races);
	record_put_number(r, "suspended", n_suspended);
	record_put_number(r, "events", s->journal.n);
	record_put_number(r, "dropped", s->sink.n_dropped);
}

static void
put_latency(struct record *r, const struct session *s)
{
	for (size_t i = 0; i < LATENCY_BUCKETS; i++) {
		struct record *bucket = record_add_record(r, "latency");

		record_put_number(bucket, "below_us", latency_below_us[i]);
		record_put_number(bucket, "asks", s->asks.n[i]);
		record_put_number(bucket, "confirms", s->confirms.n[i]);
	}
}

void
report_status(const struct session *s, const struct report_to *to)
{
	SCOPED(record_release) struct record *line = record_new();
	struct record *r = record_put_record(line, "session");

	record_put_text(r, "id", s->id);
	put_guest(r, s->guests.at[0]);
	record_put_moment(r, "since", s->began);
	record_put_number(r, "seconds", (collect_now() - s->began) / 1000);
	record_put_number(r, "guard", (uint64_t)getpid());
	put_counters(r, s);
	put_latency(r, s);
	to->say(line, to->context);
}

void
report_guests(const struct session *s, const struct report_to *to)
{
	for (size_t i = 0; i < s->guests.n; i++) {
		SCOPED(record_release) struct record *line = record_new();
		struct record *r = record_put_record(line, "guest");

		put_guest(r, s->guests.at[i]);
		record_put_number(r, "open", s->guests.at[i]->n_open);
		to->say(line, to->context);
	}
}

static void
say_process(struct tracee *t, void *context)
{
	const struct report_to *to = context;
	SCOPED(record_release) struct record *line = record_new();
	struct record *r = record_put_record(line, "process");

	record_put_number(r, "pid", (uint64_t)t->tid);
	record_put_text(r, "state", tracee_state_name(t->state));
	record_put_number(r, "uid", t->real);
	if (t->program != NULL)
		record_put_text(r, "path", t->program->path);
	to->say(line, to->context);
}

void
report_processes(const struct session *s, const struct report_to *to)
{
	tracees_walk(&s->tracees, say_process, (void *)(uintptr_t)to);
}

struct crashes {
	const struct session *s;
	const struct order *order;
	const struct report_to *to;
	uint64_t now;
};

static bool
is_asked_for(const struct order *order, const struct ledger_entry *entry)
{
	const struct file_id id = { order->dev, order->ino };

	return (!order->has_user || order->uid == entry->user) &&
	       (!order->has_file || same_file(id, entry->image));
}

static void
say_crash(const struct ledger_entry *entry, void *context)
{
	const struct crashes *crashes = context;
	const struct guests *guests = &crashes->s->guests;
	const struct guest *guest = guests_judge(guests, entry->user);
	SCOPED(record_release) struct record *line = record_new();
	struct record *r = record_put_record(line, "crash");
	char device[32];

	if (!is_asked_for(crashes->order, entry))
		return;
	record_put_number(r, "uid", entry->user);
	if (guest != NULL)
		record_put_text(r, "user", guest->user);
	if (entry->is_overflow)
		record_put_true(r, "overflow");
	else {
		(void)snprintf(device, sizeof(device), "%u:%u",
		    major(entry->image.dev), minor(entry->image.dev));
		record_put_text(r, "device", device);
		record_put_number(r, "inode", entry->image.ino);
	}
	if (entry->path != NULL)
		record_put_text(r, "path", entry->path);
	if (!guest_is_exempt(guest) && guest->policy->segvguard.is_shared)
		record_put_true(r, "shared");
	record_put_number(r, "crashes", entry->n_crashes);
	record_put_moment(r, "last", entry->last);
	if (entry->suspended_until > crashes->now)
		record_put_number(r, "suspended_s",
		    (entry->suspended_until - crashes->now + 999) / 1000);
	crashes->to->say(line, crashes->to->context);
}

void
report_crashes(const struct session *s, const struct order *order,
    const struct report_to *to)
{
	struct crashes crashes = { s, order, to, collect_now() };

	ledger_walk(&s->ledger, crashes.now, say_crash, &crashes);
}

#include "guardd/shared.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "guardd/log.h"
#include "guardd/session.h"
#include "policy/page.h"

void
shared_release(struct shared *shared)
{
	for (size_t i = 0; i < shared->n; i++)
		locked_release(&shared->at[i].file);
	free(shared->at);
	free(shared->page);
	*shared = (struct shared){ 0 };
}

static struct shared_user *
find(struct shared *shared, uid_t uid)
{
	for (size_t i = 0; i < shared->n; i++)
		if (shared->at[i].uid == uid)
			return &shared->at[i];
	return NULL;
}

static struct shared_user *
add(struct session *s, uid_t uid)
{
	struct shared *shared = &s->shared;
	struct shared_user *at = realloc(
	    shared->at, (shared->n + 1) * sizeof(*at));
	struct shared_user user = { .uid = uid, .file = { .fd = -1 } };
	char name[32];
	int r;

	if (at == NULL)
		return NULL;
	shared->at = at;
	(void)snprintf(name, sizeof(name), "%u.crashes", (unsigned)uid);
	r = s->control.folder < 0
	        ? -ENOENT
	        : locked_open(s->control.folder, name, true, &user.file);
	if (shared->page == NULL)
		shared->page = calloc(1, page_size());
	if (shared->page == NULL)
		r = -ENOMEM;
	user.is_lost = r < 0;
	if (r < 0 && !s->options.is_unprivileged)
		log_error("cannot use " RUN_PATH "/%s: %s; this session counts "
			  "crashes for itself",
		    name, strerror(-r));
	at[shared->n] = user;
	return &at[shared->n++];
}

/* NULL: guest's crashes are this session's alone. */
static struct shared_user *
user_of(struct session *s, const struct guest *guest)
{
	struct shared_user *user;

	if (guest_is_exempt(guest) || !guest->policy->segvguard.is_on ||
	    !guest->policy->segvguard.is_shared)
		return NULL;
	user = find(&s->shared, guest->uid);
	if (user == NULL)
		user = add(s, guest->uid);
	return user == NULL || user->is_lost ? NULL : user;
}

/* What is no page is as good as none: another version's. */
static void
take(struct session *s, uid_t uid)
{
	const struct span bytes = { (uint8_t *)s->shared.page, page_size() };

	(void)!page_take(&s->ledger, uid, bytes);
}

void
shared_refresh(struct session *s, const struct guest *guest)
{
	struct shared_user *user = user_of(s, guest);

	if (user != NULL && locked_has_news(&user->file) &&
	    locked_read(&user->file, s->shared.page, page_size()) == 0)
		take(s, user->uid);
}

/* Nobody else counts until end(). */
static struct shared_user *
begin(struct session *s, const struct guest *guest)
{
	struct shared_user *user = user_of(s, guest);

	int r = user == NULL ? 0 : locked_begin(&user->file);

	if (r < 0)
		log_error("cannot lock " RUN_PATH "/%u.crashes: %s; what is "
			  "counted now is known to this session alone",
		    (unsigned)user->uid, strerror(-r));
	if (user == NULL || r < 0)
		return NULL;
	if (locked_reread(&user->file, s->shared.page, page_size()) == 0)
		take(s, user->uid);
	return user;
}

static void
end(struct session *s, struct shared_user *user)
{
	if (user == NULL)
		return;
	page_put(&s->ledger, user->uid, s->shared.page);
	if (locked_end(&user->file, s->shared.page, page_size()) < 0)
		log_error("cannot write " RUN_PATH "/%u.crashes: what is "
			  "counted now is known to this session alone",
		    (unsigned)user->uid);
}

bool
shared_crash(struct session *s, const struct guest *guest,
    const struct program *program, uint64_t now)
{
	struct shared_user *user = begin(s, guest);
	bool has_begun = ledger_crash(&s->ledger, &guest->policy->segvguard,
	    guest->uid, program->id, now);

	ledger_name(&s->ledger, guest->uid, program->id, program->path);
	end(s, user);
	return has_begun;
}

void
shared_forgive(
    struct session *s, const struct guest *guest, const struct file_id *image)
{
	struct shared_user *user = begin(s, guest);

	ledger_forgive(&s->ledger, guest->uid, image);
	end(s, user);
}

#include "guardd/guests.h"

#include <errno.h>
#include <string.h>

void
guests_release(struct guests *guests)
{
	for (size_t i = 0; i < guests->n; i++) {
		free(guests->at[i]->groups);
		free(guests->at[i]);
	}
	free(guests->at);
	*guests = (struct guests){ 0 };
}

static struct guest *
find(const struct guests *guests, uid_t uid)
{
	for (size_t i = 0; i < guests->n; i++)
		if (guests->at[i]->uid == uid)
			return guests->at[i];
	return NULL;
}

/* Numbers and names, in one block.  Returns 0 or -ENOMEM. */
static int
keep_groups(const struct wire_hello *hello, struct guest *guest)
{
	size_t size = hello->n_groups * sizeof(struct group_name) + 1;
	char *names;

	for (size_t i = 0; i < hello->n_groups; i++)
		size += strlen(hello->groups[i].name) + 1;
	guest->groups = calloc(1, size);
	if (guest->groups == NULL)
		return -ENOMEM;
	names = (char *)(guest->groups + hello->n_groups);
	for (size_t i = 0; i < hello->n_groups; i++) {
		guest->groups[i].gid = hello->groups[i].gid;
		guest->groups[i].name = names;
		names = stpcpy(names, hello->groups[i].name) + 1;
	}
	guest->n_groups = hello->n_groups;
	return 0;
}

void
guests_give(struct guest *guest, const struct policy *policy)
{
	guest->policy = policy;
	guest->n_devices = policy != NULL
	                       ? ground_devices(policy, guest->devices)
	                       : 0;
}

static struct guest *
add(struct guests *guests, const struct wire_hello *hello)
{
	struct guest **more = realloc(
	    guests->at, (guests->n + 1) * sizeof(struct guest *));
	struct guest *guest = calloc(1, sizeof(*guest));

	if (more != NULL)
		guests->at = more;
	if (more == NULL || guest == NULL || keep_groups(hello, guest) < 0) {
		free(guest);
		return NULL;
	}
	guests->at[guests->n++] = guest;
	return guest;
}

int
guests_open(struct guests *guests, const struct wire_hello *hello,
    const struct policy *policy)
{
	struct guest *guest = find(guests, hello->uid);

	if (guest != NULL) {
		/* Events go on saying where he came from. */
		guest->n_open++;
		return 0;
	}
	if (guests->n == GUESTS_MAX)
		return -EUSERS;
	guest = add(guests, hello);
	if (guest == NULL)
		return -ENOMEM;
	guests_give(guest, policy);
	guest->uid = hello->uid;
	guest->n_open = 1;
	memcpy(guest->user, hello->user, sizeof(guest->user));
	memcpy(guest->service, hello->service, sizeof(guest->service));
	memcpy(guest->tty, hello->tty, sizeof(guest->tty));
	memcpy(guest->rhost, hello->rhost, sizeof(guest->rhost));
	return 0;
}

void
guests_close(struct guests *guests, uid_t uid)
{
	struct guest *guest = find(guests, uid);

	if (guest != NULL && guest->n_open > 0)
		guest->n_open--;
}

bool
guests_have(const struct guests *guests, uid_t uid)
{
	return find(guests, uid) != NULL;
}

const struct guest *
guests_judge(const struct guests *guests, uid_t uid)
{
	const struct guest *guest = find(guests, uid);

	if (guest == NULL && uid != 0)
		guest = guests->at[0];
	return guest;
}

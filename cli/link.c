#include "cli/link.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "cli/cli.h"
#include "common/fdpass.h"

#define ENDING     ".sock"
#define PATIENCE_S 5 /* a guard answers between two questions */

static void
release(struct link *link)
{
	fd_release(&link->fd);
	free(link->bytes);
}

void
links_release(struct links *links)
{
	for (size_t i = 0; i < links->n; i++)
		release(&links->at[i]);
	free(links->at);
	if (links->newcomers > 0)
		(void)close(links->newcomers);
	*links = (struct links){ 0 };
}

/* "0123456789abcdef.sock": out is the session; false: another file. */
static bool
is_socket(const char *name, char out[LINK_ID])
{
	size_t len = strlen(name);

	if (len != LINK_ID - 1 + strlen(ENDING) ||
	    strspn(name, "0123456789abcdef") != LINK_ID - 1 ||
	    strcmp(name + LINK_ID - 1, ENDING) != 0)
		return false;
	memcpy(out, name, LINK_ID - 1);
	out[LINK_ID - 1] = '\0';
	return true;
}

/* -ECONNREFUSED: its guard is gone. */
static int
connect_to(const char *id)
{
	const struct timeval patience = { .tv_sec = PATIENCE_S };
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	SCOPED(fd_release)
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	/* connect(2), too, waits no longer: unix(7), socket(7). */
	(void)setsockopt(
	    fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	(void)setsockopt(
	    fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	(void)snprintf(address.sun_path, sizeof(address.sun_path),
	    RUN_PATH "/%s" ENDING, id);
	if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		return -errno;
	return fd_take(&fd);
}

/* It is not asked for anything yet. */
static int
add(struct links *links, const char *id)
{
	SCOPED(fd_release) int fd = connect_to(id);
	struct link *at;

	if (fd < 0)
		return fd;
	at = realloc(links->at, (links->n + 1) * sizeof(*at));
	if (at == NULL)
		return -ENOMEM;
	links->at = at;
	at[links->n] = (struct link){ .fd = fd_take(&fd) };
	memcpy(at[links->n].id, id, LINK_ID);
	links->n++;
	return 0;
}

/* Who has hung up before it came is found out when the answer is read. */
static int
give_order(struct links *links, size_t first, const struct order *order)
{
	char bytes[ORDER_MAX];
	ssize_t n = wire_pack_order(order, bytes, sizeof(bytes));

	if (n < 0)
		return (int)n;
	for (size_t i = first; i < links->n; i++)
		(void)!fdpass_send(links->at[i].fd, bytes, (size_t)n, -1);
	return 0;
}

static void
folder_release(DIR **folder)
{
	if (*folder != NULL)
		(void)closedir(*folder);
}

static bool
has(const struct links *links, const char *id)
{
	for (size_t i = 0; i < links->n; i++)
		if (strcmp(links->at[i].id, id) == 0)
			return true;
	return false;
}

/* Before the folder is read: who begins meanwhile is not missed. */
static void
watch_newcomers(struct links *links)
{
	char events[4096];
	int fd;

	if (links->newcomers > 0) {
		while (read(links->newcomers, events, sizeof(events)) > 0)
			continue;
		return;
	}
	fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (fd < 0)
		return;
	(void)inotify_add_watch(fd, RUN_PATH, IN_MOVED_TO);
	links->newcomers = fd;
}

/* One that does not even take a call keeps nobody from asking the others. */
static int
join_all(const char *id, struct links *links)
{
	SCOPED(folder_release) DIR *folder = opendir(RUN_PATH);
	const struct dirent *entry;
	char name[LINK_ID];
	int r;

	if (folder == NULL)
		return errno == ENOENT ? 0 : -errno;
	while ((entry = readdir(folder)) != NULL) {
		if (!is_socket(entry->d_name, name) || has(links, name) ||
		    (id != NULL && strncmp(name, id, strlen(id)) != 0))
			continue;
		r = add(links, name);
		if (r == -ECONNREFUSED)
			(void)unlinkat(dirfd(folder), entry->d_name, 0);
		else if (r == -EAGAIN && links->newcomers == 0) {
			cli_say("session %s: its guard does not answer", name);
			links->is_short = true;
		} else if (r < 0 && r != -ENOENT)
			return r;
	}
	return 0;
}

int
link_join(const char *id, const struct order *order, struct links *links)
{
	size_t first = links->n;
	int r;

	watch_newcomers(links);
	r = join_all(id, links);
	return r < 0 ? r : give_order(links, first, order);
}

int
link_open(const char *id, const struct order *order, struct links *out)
{
	SCOPED(links_release) struct links links = { 0 };
	int r = join_all(id, &links);

	if (r < 0)
		return r;
	/* Nobody obeys an order that may be meant for another. */
	if (id != NULL && links.n + links.is_short != 1)
		return links.n == 0 ? -ENOENT : -ENOTUNIQ;
	r = give_order(&links, 0, order);
	if (r < 0)
		return r;
	*out = links;
	links = (struct links){ 0 }; /* handed over */
	return 0;
}

void
link_blame(const char *id, int r)
{
	if (r == -ENOENT)
		cli_say("there is no session '%s'; 'execguardctl sessions' "
			"lists them",
		    id);
	else if (r == -ENOTUNIQ)
		cli_say("several sessions begin with '%s': say more of it", id);
	else if (r == -EACCES || r == -EPERM)
		cli_say("only root may ask the guards: try it with sudo");
	else
		cli_say(
		    "cannot ask the guards in " RUN_PATH ": %s", strerror(-r));
}

static int
hear_line(struct link *link, struct span line, link_hear *hear, void *context)
{
	SCOPED(record_release) struct record *r = record_parse(line);
	const char *end;

	if (r == NULL)
		return -EPROTO;
	end = record_text(r, "end");
	if (end[0] == '\0') {
		hear(link, r, context);
		return 0;
	}
	link->is_ended = true;
	if (strcmp(end, "ok") != 0)
		(void)snprintf(link->why, sizeof(link->why), "%s", end);
	return 0;
}

/* Every whole line of what has come; the rest is kept. */
static int
hear_lines(struct link *link, link_hear *hear, void *context)
{
	size_t from = 0;
	int r = 0;

	while (r == 0 && from < link->len) {
		const char *line = link->bytes + from;
		const char *end = memchr(line, '\n', link->len - from);

		if (end == NULL)
			break;
		r = hear_line(link,
		    (struct span){
			(const uint8_t *)line, (size_t)(end - line) },
		    hear, context);
		from += (size_t)(end - line) + 1;
	}
	if (from > 0)
		memmove(link->bytes, link->bytes + from, link->len - from);
	link->len -= from;
	return r;
}

int
link_read(struct link *link, link_hear *hear, void *context)
{
	char message[65536];
	ssize_t n = recv(link->fd, message, sizeof(message), 0);
	int r;

	/* Who hung up without having read the order may have said why before.
	 */
	if (n < 0)
		return errno == EINTR || errno == ECONNRESET ? 1 : -errno;
	if (n == 0)
		return 0;
	if (link->len + (size_t)n > link->room) {
		size_t room = link->len + 2 * (size_t)n;
		char *bytes = realloc(link->bytes, room);

		if (bytes == NULL)
			return -ENOMEM;
		link->bytes = bytes;
		link->room = room;
	}
	memcpy(link->bytes + link->len, message, (size_t)n);
	link->len += (size_t)n;
	r = hear_lines(link, hear, context);
	return r < 0 ? r : 1;
}

static void
remove_at(struct links *links, size_t i)
{
	release(&links->at[i]);
	links->n--;
	memmove(&links->at[i], &links->at[i + 1],
	    (links->n - i) * sizeof(links->at[0]));
}

/* Who has said why stays, and is not asked again. */
static void
part(struct links *links, size_t i)
{
	struct link *link = &links->at[i];

	if (link->why[0] == '\0') {
		remove_at(links, i);
		return;
	}
	cli_say("session %s: %s", link->id, link->why);
	links->is_short = true;
	release(link);
	link->fd = -1;
	link->bytes = NULL;
}

static void
polls_release(struct pollfd **polls)
{
	free(*polls);
}

int
link_follow(struct links *links, link_hear *hear, void *context)
{
	SCOPED(polls_release)
	struct pollfd *polls = calloc(links->n + 1, sizeof(*polls));
	size_t n = links->n;
	int n_open = 0;

	if (polls == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		polls[i] = (struct pollfd){ .fd = links->at[i].fd,
			.events = POLLIN };
	polls[n] = (struct pollfd){ .fd = links->newcomers, .events = POLLIN };
	if (poll(polls, n + (links->newcomers > 0), -1) < 0)
		return errno == EINTR ? 1 : -errno;
	/* From the end: what is taken out moves nobody yet to be heard. */
	for (size_t i = n; i-- > 0;)
		if (polls[i].revents != 0 &&
		    link_read(&links->at[i], hear, context) <= 0)
			part(links, i);
	for (size_t i = 0; i < links->n; i++)
		n_open += links->at[i].fd >= 0;
	return n_open;
}

static bool
is_over(const char *id)
{
	SCOPED(fd_release) int fd = connect_to(id);

	return fd == -ENOENT || fd == -ECONNREFUSED;
}

static int
hear_all(struct link *link, link_hear *hear, void *context)
{
	int r;

	do {
		r = link_read(link, hear, context);
	} while (r > 0);
	/* A session that ended meanwhile has nothing to answer. */
	if (r == 0 && !link->is_ended && !is_over(link->id))
		(void)snprintf(link->why, sizeof(link->why),
		    "its guard has hung up in the middle of its answer");
	if (r == -EAGAIN)
		cli_say("session %s: its guard does not answer", link->id);
	else if (r < 0)
		cli_say("session %s: no answer that is understood: %s",
		    link->id, strerror(-r));
	else if (link->why[0] != '\0')
		cli_say("session %s: %s", link->id, link->why);
	return r < 0 || link->why[0] != '\0' ? EXIT_WRONG : EXIT_FINE;
}

int
link_ask(
    const char *id, const struct order *order, link_hear *hear, void *context)
{
	SCOPED(links_release) struct links links = { 0 };
	int status;
	int r = link_open(id, order, &links);

	if (r < 0) {
		link_blame(id, r);
		return EXIT_WRONG;
	}
	status = links.is_short ? EXIT_WRONG : EXIT_FINE;
	for (size_t i = 0; i < links.n; i++)
		if (hear_all(&links.at[i], hear, context) != EXIT_FINE)
			status = EXIT_WRONG;
	return status;
}

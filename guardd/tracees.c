#include "guardd/tracees.h"

#include <search.h>
#include <string.h>

static int
compare(const void *a, const void *b)
{
	pid_t left = ((const struct tracee *)a)->tid;
	pid_t right = ((const struct tracee *)b)->tid;

	return (left > right) - (left < right);
}

static void
tracee_free(void *record)
{
	struct tracee *t = record;

	program_drop(t->program);
	free(t->grant.path);
	free(t);
}

void
tracees_release(struct tracees *all)
{
	tdestroy(all->root, tracee_free);
	*all = (struct tracees){ 0 };
}

struct tracee *
tracees_find(const struct tracees *all, pid_t tid)
{
	const struct tracee key = { .tid = tid };
	struct tracee *const *found = tfind(&key, &all->root, compare);

	return found == NULL ? NULL : *found;
}

struct tracee *
tracees_add(struct tracees *all, pid_t tid)
{
	struct tracee *t = tracees_find(all, tid);

	if (t != NULL)
		return t;
	t = calloc(1, sizeof(*t));
	if (t == NULL)
		return NULL;
	t->tid = tid;
	if (tsearch(t, &all->root, compare) == NULL) {
		free(t);
		return NULL;
	}
	all->n++;
	return t;
}

void
tracees_remove(struct tracees *all, pid_t tid)
{
	struct tracee *t = tracees_find(all, tid);

	if (t == NULL)
		return;
	(void)tdelete(t, &all->root, compare);
	all->n--;
	if (t->is_thread)
		all->n_threads--;
	tracee_free(t);
}

void
tracees_note_thread(struct tracees *all, struct tracee *t)
{
	if (!t->is_thread)
		all->n_threads++;
	t->is_thread = true;
}

void
tracees_succeed(struct tracees *all, pid_t old, pid_t tid)
{
	struct tracee *heir;

	if (old == tid || old == 0)
		return;
	tracees_remove(all, tid);
	heir = tracees_find(all, old);
	if (heir == NULL)
		return;
	/* Its place in the tree hangs on its number: out, and in again. */
	(void)tdelete(heir, &all->root, compare);
	heir->tid = tid;
	if (heir->is_thread)
		all->n_threads--;
	heir->is_thread = false; /* it leads the group now */
	if (tsearch(heir, &all->root, compare) == NULL) {
		all->n--;
		tracee_free(heir); /* no record: the exec stop kills */
	}
}

bool
tracees_is_held(const struct tracee *t)
{
	return t != NULL &&
	       (t->state == TRACEE_HELD || t->state == TRACEE_HELD_GRANTED ||
		   t->state == TRACEE_NEWBORN);
}

struct walk {
	void (*visit)(struct tracee *t, void *context);
	void *context;
};

static void
walk_node(const void *node, VISIT order, void *closure)
{
	const struct walk *walk = closure;

	if (order == preorder || order == leaf)
		walk->visit(*(struct tracee *const *)node, walk->context);
}

void
tracees_walk(const struct tracees *all,
    void (*visit)(struct tracee *t, void *context), void *context)
{
	struct walk walk = { visit, context };

	twalk_r(all->root, walk_node, &walk);
}

struct program *
program_new(struct file_id id, enum image_name name, const char *path)
{
	size_t len = strlen(path) + 1;
	struct program *program = malloc(sizeof(*program) + len);

	if (program == NULL)
		return NULL;
	program->n_users = 1;
	program->id = id;
	program->name = name;
	memcpy(program->path, path, len);
	return program;
}

struct program *
program_share(struct program *program)
{
	if (program != NULL)
		program->n_users++;
	return program;
}

void
program_drop(struct program *program)
{
	if (program != NULL && --program->n_users == 0)
		free(program);
}

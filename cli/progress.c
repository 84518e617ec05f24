#include "cli/progress.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/text.h"

#define PERIOD_MS 100
#define COLUMNS   80

static int
columns(void)
{
	struct winsize size;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_col == 0)
		return COLUMNS;
	return size.ws_col;
}

struct progress
progress_start(bool is_wanted)
{
	return (struct progress){
		.is_on = is_wanted && isatty(STDERR_FILENO) != 0,
		.next_ms = clock_ms(CLOCK_MONOTONIC) + PERIOD_MS,
	};
}

void
progress_step(struct progress *p, const char *path)
{
	char escaped[TEXT_ESCAPED_MAX], count[32];
	uint64_t now;
	int width;

	p->n++;
	if (!p->is_on)
		return;
	now = clock_ms(CLOCK_MONOTONIC);
	if (now < p->next_ms)
		return;
	p->next_ms = now + PERIOD_MS;
	text_escape(path, escaped, sizeof(escaped));
	(void)snprintf(count, sizeof(count), "%zu", p->n);
	/* A full line would break, and could not be erased any more. */
	width = columns() - 2 - (int)strlen(count);
	(void)fprintf(
	    stderr, "\r%s %.*s\033[K", count, width > 0 ? width : 0, escaped);
	p->is_shown = true;
}

void
progress_clear(struct progress *p)
{
	if (p->is_shown)
		(void)fputs("\r\033[K", stderr);
	p->is_shown = false;
}

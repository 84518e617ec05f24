#include "guardd/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <syslog.h>

#include "guardd/sink.h"

#define LINE_MAX_LEN 2048

static struct sink sink = { .fd = -1, .file = -1 };
static bool debugging;

void
log_start(bool is_debug)
{
	debugging = is_debug;
}

__attribute__((format(printf, 2, 0))) static void
line(int priority, const char *format, va_list args)
{
	char text[LINE_MAX_LEN];
	int n = vsnprintf(text, sizeof(text), format, args);

	if (n < 0)
		return;
	if ((size_t)n >= sizeof(text))
		n = sizeof(text) - 1;
	sink_line(&sink, priority, text, (size_t)n);
	if (debugging)
		(void)fprintf(stderr, "guardd: %s\n", text);
}

void
log_error(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	line(LOG_ERR, format, args);
	va_end(args);
}

void
log_info(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	line(LOG_INFO, format, args);
	va_end(args);
}

void
log_debug(const char *format, ...)
{
	va_list args;

	if (!debugging)
		return;
	va_start(args, format);
	line(LOG_DEBUG, format, args);
	va_end(args);
}

#include "cli/moment.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include "common/number.h"

/* Seconds of a unit; 0: it is none. */
static unsigned
unit(char letter)
{
	switch (letter) {
	case 's':
		return 1;
	case 'm':
		return 60;
	case 'h':
		return 3600;
	case 'd':
		return 86400;
	default:
		return 0;
	}
}

int
moment_seconds(const char *word, uint32_t *out)
{
	size_t len = strlen(word);
	unsigned seconds = len > 0 ? unit(word[len - 1]) : 0;
	char digits[12];
	uint64_t n;

	if (seconds == 0 || len > sizeof(digits))
		return -EINVAL;
	memcpy(digits, word, len - 1);
	digits[len - 1] = '\0';
	if (number_parse(digits, 0, UINT32_MAX / seconds, &n) < 0)
		return -EINVAL;
	*out = (uint32_t)n * seconds;
	return 0;
}

static int
read_ago(const char *word, char out[MOMENT])
{
	uint32_t seconds;
	time_t when;
	struct tm utc;

	if (moment_seconds(word, &seconds) < 0)
		return -EINVAL;
	when = time(NULL) - (time_t)seconds;
	if (gmtime_r(&when, &utc) == NULL)
		return -EINVAL;
	(void)strftime(out, MOMENT, "%Y-%m-%dT%H:%M:%S", &utc);
	return 0;
}

/* 0: a digit. */
static bool
begins_like(const char *pattern, const char *word)
{
	for (; *word != '\0'; word++, pattern++) {
		bool is_digit = *word >= '0' && *word <= '9';

		if (*pattern == '0' ? !is_digit : *word != *pattern)
			return false;
	}
	return true;
}

int
moment_read(const char *word, char out[MOMENT])
{
	size_t len = strlen(word);

	if (len < strlen("2026-11-28") || len >= MOMENT ||
	    !begins_like("0000-00-00T00:00:00Z", word))
		return read_ago(word, out);
	/* Without its Z: a moment may have a fraction of a second there. */
	if (word[len - 1] == 'Z')
		len--;
	memcpy(out, word, len);
	out[len] = '\0';
	return 0;
}

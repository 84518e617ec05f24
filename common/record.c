#include "common/record.h"

#include <jansson.h>
#include <time.h>

#include "common/clock.h"
#include "common/text.h"

/* A record is the library's object under our name. */
static json_t *
json_of(const struct record *r)
{
	return (json_t *)(uintptr_t)r;
}

static struct record *
record_of(json_t *json)
{
	return (struct record *)json;
}

struct record *
record_new(void)
{
	return record_of(json_object());
}

void
record_release(struct record **record)
{
	json_decref(json_of(*record)); /* accepts NULL */
}

void
record_put_text(struct record *r, const char *key, const char *text)
{
	json_t *value = json_string(text);
	char escaped[TEXT_ESCAPED_MAX];

	if (value == NULL) {
		text_escape(text, escaped, sizeof(escaped));
		value = json_string(escaped);
	}
	(void)json_object_set_new(json_of(r), key, value);
}

void
record_put_number(struct record *r, const char *key, uint64_t number)
{
	(void)json_object_set_new(
	    json_of(r), key, json_integer((json_int_t)number));
}

void
record_put_true(struct record *r, const char *key)
{
	(void)json_object_set_new(json_of(r), key, json_true());
}

struct record *
record_put_record(struct record *r, const char *key)
{
	json_t *inner = json_object();

	/* A reference that was not taken over is dropped. */
	return json_object_set_new(json_of(r), key, inner) == 0
	           ? record_of(inner)
	           : NULL;
}

void
record_put_moment(struct record *r, const char *key, uint64_t boot_ms)
{
	uint64_t ago_ms = clock_ms(CLOCK_BOOTTIME) - boot_ms;
	time_t when = (time_t)((clock_ms(CLOCK_REALTIME) - ago_ms) / 1000);
	struct tm utc;
	char text[32];

	if (gmtime_r(&when, &utc) == NULL)
		return;
	(void)strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &utc);
	record_put_text(r, key, text);
}

static json_t *
list_in(struct record *r, const char *key)
{
	json_t *list = json_object_get(json_of(r), key);

	if (list != NULL)
		return list;
	list = json_array();
	return json_object_set_new(json_of(r), key, list) == 0 ? list : NULL;
}

void
record_put_list(struct record *r, const char *key)
{
	(void)list_in(r, key);
}

struct record *
record_add_record(struct record *r, const char *key)
{
	json_t *inner = json_object();

	return json_array_append_new(list_in(r, key), inner) == 0
	           ? record_of(inner)
	           : NULL;
}

void
record_add(struct record *r, const char *key, const struct record *inner)
{
	(void)json_array_append(list_in(r, key), json_of(inner));
}

void
record_share(struct record *r, const char *key, const struct record *inner)
{
	if (inner != NULL)
		(void)json_object_set(json_of(r), key, json_of(inner));
}

char *
record_line(const struct record *r)
{
	return json_dumps(
	    json_of(r), JSON_COMPACT | JSON_ENSURE_ASCII | JSON_PRESERVE_ORDER);
}

struct record *
record_parse(struct span line)
{
	json_error_t error;
	json_t *json = json_loadb(
	    (const char *)line.at, line.len, JSON_REJECT_DUPLICATES, &error);

	if (json_is_object(json))
		return record_of(json);
	json_decref(json);
	return NULL;
}

const char *
record_text(const struct record *r, const char *key)
{
	const char *text = json_string_value(json_object_get(json_of(r), key));

	return text != NULL ? text : "";
}

uint64_t
record_number(const struct record *r, const char *key)
{
	json_int_t number = json_integer_value(
	    json_object_get(json_of(r), key));

	return number > 0 ? (uint64_t)number : 0;
}

bool
record_is(const struct record *r, const char *key)
{
	return json_is_true(json_object_get(json_of(r), key));
}

const struct record *
record_in(const struct record *r, const char *key)
{
	json_t *inner = json_object_get(json_of(r), key);

	return json_is_object(inner) ? record_of(inner) : NULL;
}

size_t
record_count(const struct record *r, const char *key)
{
	return json_array_size(json_object_get(json_of(r), key));
}

const struct record *
record_at(const struct record *r, const char *key, size_t i)
{
	json_t *inner = json_array_get(json_object_get(json_of(r), key), i);

	return json_is_object(inner) ? record_of(inner) : NULL;
}

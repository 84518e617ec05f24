/*
 * entry_fuzz.c - any text for entry_status() and entry_stat(), and texts as
 * the kernel writes them: with a name and numbers from the input, cut anywhere.
 */
#include <errno.h>
#include <stdio.h>

#include "guardd/kernel/entry.h"
#include "tests/fuzz/fuzz.h"

#define NAME_MAX_LEN 64 /* of a kernel thread; a process's has 15 bytes */
#define FIELDS       52

static void
any_text(struct span bytes)
{
	SCOPED(text_release) char *text = fuzz_text(bytes);
	struct proc_status status;
	uint64_t number = 4711;
	int r = entry_status(text, &status);

	insist(r == 0 || r == -EIO);
	for (int n = 3; n <= FIELDS; n++) {
		r = entry_stat(text, n, &number);
		insist(r == 0 || (r == -EIO && number == 4711));
		number = 4711;
	}
}

static void
take_name(struct span *from, char name[NAME_MAX_LEN + 1])
{
	size_t len = fuzz_number(from, 1) % NAME_MAX_LEN, n = 0;

	for (size_t i = 0; i < len; i++) {
		name[n] = (char)fuzz_number(from, 1);
		n += name[n] != '\0';
	}
	name[n] = '\0';
}

/* As proc_task_name() escapes it for status; stat has it as it is. */
static void
escape_name(const char *name, char out[2 * NAME_MAX_LEN + 1])
{
	for (; *name != '\0'; name++) {
		if (*name == '\n' || *name == '\\')
			*out++ = '\\';
		*out++ = *name;
		if (*name == '\n')
			out[-1] = 'n';
	}
	*out = '\0';
}

static int
write_status(const char *name, const struct proc_status *s, char *to)
{
	char escaped[2 * NAME_MAX_LEN + 1];

	escape_name(name, escaped);
	return sprintf(to,
	    "Name:\t%s\nUmask:\t0022\nState:\t%c (sleeping)\nTgid:\t%d\n"
	    "Ngid:\t0\nPid:\t%d\nPPid:\t1\nTracerPid:\t%d\n"
	    "Uid:\t%u\t%u\t%u\t%u\nGid:\t0\t0\t0\t0\nFDSize:\t64\n"
	    "Groups:\t0 10 1000 \nNStgid:\t1\nNoNewPrivs:\t0\nSeccomp:\t%d\n"
	    "Seccomp_filters:\t0\n",
	    escaped, s->state, s->tgid, s->tgid, s->tracer, s->real,
	    s->effective, s->effective, s->effective, s->seccomp);
}

/* Whatever of a text was read: what is said is right, or it is not said. */
static void
written_status(struct span from)
{
	struct proc_status want = {
		.real = (uid_t)fuzz_number(&from, 4),
		.effective = (uid_t)fuzz_number(&from, 4),
		.tgid = (pid_t)fuzz_number(&from, 3),
		.tracer = (pid_t)fuzz_number(&from, 3),
		.seccomp = (int)fuzz_number(&from, 1) % 3,
		.state = "RSDTtXZ"[fuzz_number(&from, 1) % 7],
	};
	struct proc_status got;
	char name[NAME_MAX_LEN + 1], text[1024];
	size_t len, cut = fuzz_number(&from, 2);

	take_name(&from, name);
	len = (size_t)write_status(name, &want, text);
	if (cut < len)
		text[cut] = '\0';
	if (entry_status(text, &got) < 0) {
		insist(cut < len);
		return;
	}
	insist(got.real == want.real && got.effective == want.effective);
	insist(got.tgid == want.tgid && got.tracer == want.tracer);
	insist(got.state == want.state);
	insist(got.seccomp == want.seccomp ||
	       (got.seccomp == PROC_FILTERED && cut < len));
}

static void
written_stat(struct span from)
{
	char name[NAME_MAX_LEN + 1], text[2048];
	uint64_t want[FIELDS + 1], got;
	size_t len, cut = fuzz_number(&from, 2);

	take_name(&from, name);
	len = (size_t)sprintf(text, "%d (%s) S", 4242, name);
	cut += len; /* what is read is never so short that it ends in a name */
	for (int n = 4; n <= FIELDS; n++) {
		bool is_signed = fuzz_number(&from, 1) % 2 == 1;

		want[n] = fuzz_number(&from, is_signed ? 4 : 8);
		if (is_signed)
			want[n] = (uint64_t)(int32_t)want[n];
		len += (size_t)sprintf(text + len,
		    is_signed ? " %lld" : " %llu", (long long)want[n]);
	}
	text[len++] = '\n';
	text[len] = '\0';
	if (cut < len)
		text[cut] = '\0';
	for (int n = 4; n <= FIELDS; n++) {
		bool is_said = entry_stat(text, n, &got) == 0;

		insist(is_said ? got == want[n] : cut < len);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	any_text((struct span){ data, len });
	written_status((struct span){ data, len });
	written_stat((struct span){ data, len });
	return 0;
}

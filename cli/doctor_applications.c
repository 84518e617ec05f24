/*
 * doctor_applications.c - do programs that have a PAM stack ask for a session?
 */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "cli/doctor.h"
#include "cli/pamd.h"
#include "common/io.h"

#define SSHD_CONFIG "/etc/ssh/sshd_config"
#define FILE_MAX    262144
#define DEPTH_MAX   8 /* of files in files */

/* What a file says of UsePAM; the first word counts. */
enum use_pam {
	USE_PAM_UNSAID = 0, /* which is no */
	USE_PAM_NO,
	USE_PAM_YES,
	USE_PAM_UNSEEN,
};

static int
read_file(const char *path, char **out)
{
	SCOPED(fd_release) int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t len;

	return fd < 0 ? -errno : io_read_all(fd, FILE_MAX, out, &len);
}

static void
globs_release(glob_t *globs)
{
	globfree(globs);
}

/* --- sshd ---------------------------------------------------------------- */

static enum use_pam ask_file(const char *path, int depth);

static enum use_pam
ask_files(const char *pattern, int depth)
{
	SCOPED(globs_release) glob_t globs = { 0 };
	SCOPED(text_release) char *absolute = NULL;
	enum use_pam answer = USE_PAM_UNSAID;

	if (asprintf(&absolute, "%s%s", pattern[0] == '/' ? "" : "/etc/ssh/",
		pattern) < 0) {
		absolute = NULL;
		return USE_PAM_UNSEEN;
	}
	(void)glob(absolute, 0, NULL, &globs);
	for (size_t i = 0; i < globs.gl_pathc && answer == USE_PAM_UNSAID; i++)
		answer = ask_file(globs.gl_pathv[i], depth + 1);
	return answer;
}

/* A line of sshd_config(5); *end is set behind the global part. */
static enum use_pam
ask_line(char *line, int depth, bool *end)
{
	static const char between[] = " \t\r=\"";
	const char *key, *word;
	enum use_pam answer = USE_PAM_UNSAID;

	line += strspn(line, between);
	key = strsep(&line, between);
	if (key == NULL || key[0] == '\0' || key[0] == '#')
		return USE_PAM_UNSAID;
	if (strcasecmp(key, "Match") == 0)
		*end = true;
	while (answer == USE_PAM_UNSAID &&
	       (word = strsep(&line, between)) != NULL) {
		if (word[0] == '\0')
			continue;
		if (strcasecmp(key, "Include") == 0)
			answer = ask_files(word, depth);
		else if (strcasecmp(key, "UsePAM") == 0)
			return strcasecmp(word, "yes") == 0 ? USE_PAM_YES
			                                    : USE_PAM_NO;
		else
			break;
	}
	return answer;
}

static enum use_pam
ask_file(const char *path, int depth)
{
	SCOPED(text_release) char *text = NULL;
	enum use_pam answer = USE_PAM_UNSAID;
	bool end = false;
	char *rest, *line;

	if (depth > DEPTH_MAX)
		return USE_PAM_UNSEEN;
	if (read_file(path, &text) < 0)
		return USE_PAM_UNSEEN;
	rest = text;
	while (answer == USE_PAM_UNSAID && !end &&
	       (line = strsep(&rest, "\n")) != NULL)
		answer = ask_line(line, depth, &end);
	return answer;
}

static void
examine_sshd(struct doctor *d)
{
	enum use_pam answer;

	if (access(SSHD_CONFIG, F_OK) < 0)
		return;
	answer = ask_file(SSHD_CONFIG, 0);
	if (answer == USE_PAM_YES) {
		finding_tell(
		    d->findings, FINDING_OK, SSHD_CONFIG " has UsePAM yes");
	} else if (answer == USE_PAM_UNSEEN) {
		finding_tell(d->findings, FINDING_HINT,
		    SSHD_CONFIG " or what it includes cannot be read: does "
				"sshd ask PAM at all?");
		finding_remedy(d->findings, "ask again as root; or sshd -T");
	} else {
		finding_tell(d->findings,
		    doctor_is_policed(d) ? FINDING_ERROR : FINDING_HINT,
		    "sshd does not ask PAM, so nobody who comes by it is "
		    "guarded: " SSHD_CONFIG " %s",
		    answer == USE_PAM_NO ? "has UsePAM no" : "lacks UsePAM");
		finding_remedy(d->findings,
		    "UsePAM yes in " SSHD_CONFIG ", and restart sshd");
	}
}

/* --- sudo ---------------------------------------------------------------- */

/* Not a parser of sudoers(5): the word has no other meaning there. */
static bool
has_word(const char *path)
{
	SCOPED(text_release) char *text = NULL;
	char *rest, *line;

	if (read_file(path, &text) < 0)
		return false;
	rest = text;
	while ((line = strsep(&rest, "\n")) != NULL) {
		line[strcspn(line, "#")] = '\0';
		if (strstr(line, "!pam_session") != NULL)
			return true;
	}
	return false;
}

static void
examine_sudo(struct doctor *d)
{
	SCOPED(globs_release) glob_t globs = { 0 };

	if (access("/etc/sudoers", F_OK) < 0)
		return;
	if (access("/etc/sudoers", R_OK) < 0) {
		finding_tell(d->findings, FINDING_HINT,
		    "/etc/sudoers cannot be read: does sudo open a session?");
		finding_remedy(d->findings, "ask again as root");
		return;
	}
	(void)glob("/etc/sudoers", 0, NULL, &globs);
	(void)glob("/etc/sudoers.d/*", GLOB_APPEND, NULL, &globs);
	for (size_t i = 0; i < globs.gl_pathc; i++) {
		if (!has_word(globs.gl_pathv[i]))
			continue;
		finding_tell(d->findings, FINDING_WARNING,
		    "sudo opens no session, so who becomes another user by it "
		    "goes on under the policy of the one who logged in: %s "
		    "has !pam_session",
		    globs.gl_pathv[i]);
		finding_remedy(d->findings, "take it away, by visudo -f %s",
		    globs.gl_pathv[i]);
	}
}

void
doctor_applications(struct doctor *d)
{
	if (pamd_exists(pamd_folders, "sshd"))
		examine_sshd(d);
	if (pamd_exists(pamd_folders, "sudo"))
		examine_sudo(d);
}

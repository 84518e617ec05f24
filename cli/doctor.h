/*
 * doctor.h - what the examinations of `execguardctl doctor' share.
 *
 * Each looks at one part of the host, changes nothing, and tells what it found.
 */
#ifndef EXECGUARD_CLI_DOCTOR_H
#define EXECGUARD_CLI_DOCTOR_H

#include <stdbool.h>
#include <sys/types.h>

#include "cli/finding.h"
#include "cli/pamd.h"
#include "policy/policy.h"

enum doctor_policy_state {
	DOCTOR_POLICY_BROKEN = 0,
	DOCTOR_POLICY_UNSEEN, /* not for the eyes of whoever asks */
	DOCTOR_POLICY_READ,
};

struct doctor {
	struct findings *findings;
	enum doctor_policy_state state;
	struct policies policies; /* with DOCTOR_POLICY_READ */
	struct words files;       /* owned: that have been looked at */
};

/* In this order: the first reads the policy for all. */
void doctor_policy(struct doctor *d);
void doctor_users(struct doctor *d);
void doctor_kernel(struct doctor *d);
void doctor_sysctl(struct doctor *d);
void doctor_host(struct doctor *d);
void doctor_pam(struct doctor *d);
void doctor_applications(struct doctor *d);
void doctor_processes(struct doctor *d);

/* Whether the policy names anybody; a broken one is taken to. */
bool doctor_is_policed(const struct doctor *d);

/* What a user gets of the policy; NULL: nothing, or nothing that is known. */
const struct policy *doctor_policy_of(const struct doctor *d, uid_t uid);

/* Whether it is a shell to log in with, and none like nologin(8). */
bool doctor_is_login_shell(const char *shell);

/* Look at one line in a stack that is ours. */
void doctor_line(struct doctor *d, const char *service,
    const struct pamd *stack, size_t index);

/* Tell once whether only root can have written path, and every folder above
 * it: an ok, or an error that begins with name. */
void doctor_file(struct doctor *d, const char *name, const char *path);

#endif

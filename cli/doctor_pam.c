/*
 * doctor_pam.c - which PAM stacks lack the line?
 */
#include <errno.h>
#include <string.h>

#include "cli/doctor.h"
#include "cli/pamd.h"

#define MODULE "pam_execguard.so"

enum service_kind {
	SERVICE_DOOR = 0, /* users come in by it */
	SERVICE_HANDOVER, /* it runs later what they hand over now */
	SERVICE_CHANGE,   /* they become somebody else by it */
	SERVICE_KINDS,
};

/* clang-format off */
static const struct service {
	const char *name;
	enum service_kind kind;
} services[] = {
	{ "sshd", SERVICE_DOOR },
	{ "login", SERVICE_DOOR },
	{ "remote", SERVICE_DOOR },
	{ "gdm-password", SERVICE_DOOR },
	{ "gdm-autologin", SERVICE_DOOR },
	{ "gdm-fingerprint", SERVICE_DOOR },
	{ "gdm-smartcard", SERVICE_DOOR },
	{ "gdm", SERVICE_DOOR },
	{ "gdm3", SERVICE_DOOR },
	{ "sddm", SERVICE_DOOR },
	{ "sddm-autologin", SERVICE_DOOR },
	{ "lightdm", SERVICE_DOOR },
	{ "lightdm-autologin", SERVICE_DOOR },
	{ "lxdm", SERVICE_DOOR },
	{ "xdm", SERVICE_DOOR },
	{ "wdm", SERVICE_DOOR },
	{ "slim", SERVICE_DOOR },
	{ "greetd", SERVICE_DOOR },
	{ "ly", SERVICE_DOOR },
	{ "kde", SERVICE_DOOR },
	{ "xrdp-sesman", SERVICE_DOOR },
	{ "cockpit", SERVICE_DOOR },
	{ "cron", SERVICE_HANDOVER },
	{ "crond", SERVICE_HANDOVER },
	{ "atd", SERVICE_HANDOVER },
	{ "systemd-user", SERVICE_HANDOVER },
	{ "su", SERVICE_CHANGE },
	{ "su-l", SERVICE_CHANGE },
	{ "sudo", SERVICE_CHANGE },
	{ "sudo-i", SERVICE_CHANGE },
};

static const struct {
	enum finding_level level;
	const char *what;
} lacks[SERVICE_KINDS] = {
	[SERVICE_DOOR] = { FINDING_ERROR,
	    "who logs in by it is not guarded" },
	[SERVICE_HANDOVER] = { FINDING_ERROR,
	    "what users hand over to it is not guarded, also from a guarded "
	    "login" },
	[SERVICE_CHANGE] = { FINDING_WARNING,
	    "who becomes another user by it goes on under the policy of the "
	    "one who logged in" },
};
/* clang-format on */

static void
tell_lack(
    struct doctor *d, const struct service *service, const struct pamd *stack)
{
	finding_tell(d->findings,
	    doctor_is_policed(d) ? lacks[service->kind].level : FINDING_HINT,
	    "%s lacks the line: %s", service->name, lacks[service->kind].what);
	if (strncmp(stack->file, "/etc/", 5) == 0)
		finding_remedy(d->findings,
		    "execguardctl enroll %s; or add to the end of %s: session "
		    "required " MODULE,
		    service->name, stack->file);
	else
		finding_remedy(d->findings,
		    "copy %s to /etc/pam.d, and add to its end: session "
		    "required " MODULE,
		    stack->file);
}

static void
examine_service(struct doctor *d, const struct service *service)
{
	SCOPED(pamd_release) struct pamd stack = { 0 };
	char why[PAMD_WHY];
	size_t index;
	int r = pamd_read(pamd_folders, service->name, &stack, why);

	if (r < 0) {
		finding_tell(d->findings,
		    r == -EACCES ? FINDING_HINT : FINDING_ERROR, "%s: %s",
		    service->name, why);
		finding_remedy(d->findings,
		    r == -EACCES ? "ask again as root"
				 : "correct it: PAM refuses everybody there");
		return;
	}
	index = pamd_find(&stack, MODULE);
	if (index < stack.n)
		doctor_line(d, service->name, &stack, index);
	else
		tell_lack(d, service, &stack);
}

void
doctor_pam(struct doctor *d)
{
	for (size_t i = 0; i < LENGTH(services); i++)
		if (pamd_exists(pamd_folders, services[i].name))
			examine_service(d, &services[i]);
}

#!/bin/sh
# thirdparty - each library, and each unusual interface, is seen by one file.
. "$(dirname "$0")/lib.sh"

list '*.c' '*.h' | grep -v '^tests/' >"$SCRATCH/files"

tr '\n' '\0' <"$SCRATCH/files" | xargs -0 -r awk '
BEGIN {
	home["confuse.h"] = "policy/parse.c"
	home["seccomp.h"] = "gate/filter.c"
	home["jansson.h"] = "guardd/event.c"
	# The filter takes its numbers from both, and calls neither.
	home["sys/ptrace.h"] = \
	    "guardd/kernel/trace.c guardd/kernel/sweep.c gate/filter.c"
	home["linux/ptrace.h"] = home["sys/ptrace.h"]
	home["linux/seccomp.h"] = "guardd/kernel/notify.c gate/filter.c"
	home["security/"] = "pam_module/"
}
/^[ \t]*#[ \t]*include[ \t]*</ {
	sub(/^[^<]*</, "")
	sub(/>.*/, "")
	for (header in home) {
		if (header ~ /\/$/ ? index($0, header) != 1 : $0 != header)
			continue
		if (home[header] ~ /\/$/ ? index(FILENAME, home[header]) == 1 :
		    index(" " home[header] " ", " " FILENAME " ") > 0)
			continue
		printf "%s:%d: <%s> belongs in %s alone\n",
		    FILENAME, FNR, $0, home[header]
	}
}' | report

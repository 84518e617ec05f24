#!/bin/sh
# thirdparty - each library, and each unusual interface, is seen by one file.
. "$(dirname "$0")/lib.sh"

list '*.c' '*.h' | grep -v '^tests/' >"$SCRATCH/files"

tr '\n' '\0' <"$SCRATCH/files" | xargs -0 -r awk '
BEGIN {
	home["confuse.h"] = "policy/parse.c"
	home["seccomp.h"] = "gate/filter.c inspector/confine.c"
	home["gcrypt.h"] = "common/digest.c"
	home["jansson.h"] = "common/record.c"
	home["libsmartcols/libsmartcols.h"] = "cli/table.c"
	# The last two take a number from it, and call nothing.
	home["sys/ptrace.h"] = "guardd/kernel/trace.c guardd/kernel/sweep.c \
	    guardd/kernel/target.c gate/filter.c"
	home["linux/ptrace.h"] = home["sys/ptrace.h"]
	home["linux/seccomp.h"] = "guardd/kernel/notify.c gate/filter.c"
	home["security/"] = "pam_module/ cli/opening.c"
}
function is_folder(name) {
	return substr(name, length(name)) == "/"
}
function is_of(included, header) {
	return is_folder(header) ? index(included, header) == 1 : \
	    included == header
}
function is_at_home(file, header, n, i, part) {
	n = split(home[header], part, " ")
	for (i = 1; i <= n; i++)
		if (is_of(file, part[i]))
			return 1
	return 0
}
/^[ \t]*#[ \t]*include[ \t]*</ {
	sub(/^[^<]*</, "")
	sub(/>.*/, "")
	for (header in home) {
		if (!is_of($0, header) || is_at_home(FILENAME, header))
			continue
		printf "%s:%d: <%s> belongs in %s alone\n",
		    FILENAME, FNR, $0, home[header]
	}
}' | report

#!/bin/sh
# docs - what the code accepts and says, and what the manual pages say of it:
# both ways.
#
# The pages mark their lists with comments:  .\" list: NAME  to  .\" end  ;
# each `.It Ic WORD' (Cm, Dv, Fl) between them is compared, and of `.It Sy A , B'
# each word.
. "$(dirname "$0")/lib.sh"
need "$CC"

page=docs/man/execguard.conf.5
events=docs/man/execguard-events.5

# from_page FILE LIST: the words of a marked list.
from_page() {
	[ ! -f "$1" ] || awk -v list="$2" '
	/^\.\\" list: / { on = ($3 == list) }
	/^\.\\" end/ { on = 0 }
	on && /^\.It (Ic|Cm|Dv|Fl) / { print $3 }
	on && /^\.It Sy / {
		for (i = 3; i <= NF; i++)
			if ($i != ",")
				print $i
	}
	' "$1" | LC_ALL=C sort -u
}

# compare WHAT PAGE LIST: stdin holds the words of the code.
compare() {
	LC_ALL=C sort -u >"$SCRATCH/code"
	from_page "$2" "$3" >"$SCRATCH/page"
	[ -s "$SCRATCH/code" ] || echo "$2: no $1 found in the code"
	comm -23 "$SCRATCH/code" "$SCRATCH/page" |
	    sed "s|.*|$2: $1 '&' is not documented|"
	comm -13 "$SCRATCH/code" "$SCRATCH/page" |
	    sed "s|.*|$2: $1 '&' is in the page only|"
}

# The words of the policy and the reasons are asked of the code itself.
cat >"$SCRATCH/ask.c" <<'END'
#include <stdio.h>

#include "policy/explain.h"
#include "policy/parse.h"

int
main(void)
{
	static const char *const sections[] = { "", "policy", "segvguard",
		"exec", "tpe", "elf", "integrity", "environment", "memory", "scripts" };

	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++) {
		const char *const *words = parse_keywords(sections[i]);

		for (; words != NULL && *words != NULL; words++)
			printf("%s %s\n", *sections[i] ? sections[i] : "top",
			    *words);
	}
	for (int r = 0; r < REASONS; r++)
		printf("reason %s\n", explain_reason((enum reason)r));
	return 0;
}
END

ask_code() {
	# shellcheck disable=SC2046 # one word a file
	compile -o "$SCRATCH/ask" "$SCRATCH/ask.c" \
	    $(list '*.c' | grep -E '^(policy|common)/' |
	        grep -vxE 'common/(digest|record).c') -lconfuse \
	    >"$SCRATCH/ask.log" 2>&1 || {
		sed -n '1s|^|policy/: the keywords cannot be asked: |p' \
		    "$SCRATCH/ask.log"
		return
	}
	timeout 10 "$SCRATCH/ask" >"$SCRATCH/words"
	for list in top policy segvguard exec tpe elf integrity environment memory scripts; do
		sed -n "s/^$list //p" "$SCRATCH/words" |
		    compare keyword "$page" "$list"
	done
	# Every keyword stands in an example, too.
	awk '/^\.Bd -literal/ { on = 1 } /^\.Ed/ { on = 0 } on; /^\.Dl /' \
	    "$page" 2>/dev/null >"$SCRATCH/examples"
	sed -n 's/^[a-z]* //p' "$SCRATCH/words" | LC_ALL=C sort -u |
	    while IFS= read -r word; do
		grep -q "^reason $word\$" "$SCRATCH/words" ||
		    grep -qw -- "$word" "$SCRATCH/examples" ||
		    echo "$page: keyword '$word' has no example"
	done
	sed -n 's/^reason //p' "$SCRATCH/words" |
	    compare reason "$events" reasons
}

# in_table FILE: the first string of each row of a table.
in_table() {
	[ ! -f "$1" ] || sed -nE 's/^[^"]*\{ *(\.name *= *)?"([a-z_-]+)=?".*/\2/p' \
	    "$1"
}

# fields_in FILE RECORD: what is put into a record of that name.
fields_in() {
	[ ! -f "$1" ] || tr -s ' \t\n' ' ' <"$1" |
	    grep -oE "(put|add)[a-z_]*\( ?$2, \"[a-z_]+\"" | sed 's/.*"\(.*\)"/\1/'
}

# threats FILE: each test that a row names is there, and names the row.
threats() {
	[ -f "$1" ] || return 0
	awk -F '|' '/^\| [A-Z][0-9]+ \|/ {
		gsub(/ /, "", $2)
		n = split($(NF - 1), part, "`")
		for (i = 2; i <= n; i += 2)
			print $2, part[i]
		n = split($(NF - 2), part, "`")
		for (i = 2; i <= n; i += 2)
			if (part[i] ~ /^[a-z_]+\/[a-z_\/]+\.[ch]$/)
				print "-", part[i]
	}' "$1" | while read -r row file; do
		if [ ! -f "$file" ]; then
			echo "$1: there is no $file"
		elif [ "$row" != - ] && echo "$file" | grep -q escape/ &&
		    ! grep -qw "$row" "$file"; then
			echo "$1: $file does not name $row"
		fi
	done
}

{
	ask_code
	threats docs/threats.md
	in_table pam_module/options.c |
	    compare argument docs/man/pam_execguard.8 arguments
	# event.c is the only file that names fields of events, and report.c
	# of what the CLI prints.
	fields_in guardd/event.c '(object|second)' | compare field "$events" fields
	fields_in guardd/report.c '(r|bucket)' |
	    compare field "$events" report
	[ ! -f guardd/options.c ] ||
	    sed -n 's/.*getopt(argc, argv, "\([^"]*\)".*/\1/p' \
	        guardd/options.c | tr -d : | fold -w 1 |
	    compare option docs/man/guardd.8 options
	[ ! -f guardd/kernel/privileges.c ] ||
	    sed -nE 's/.*\{ (CAP_[A-Z_]+), PRIVILEGES_.*/\1/p' \
	        guardd/kernel/privileges.c |
	    compare capability docs/man/guardd.8 capabilities
	cat cli/*.c 2>/dev/null |
	    sed -n 's/^const struct verb [a-z]*_verb = { "\([a-z]*\)",.*/\1/p' |
	    compare verb docs/man/execguardctl.8 verbs
} | report

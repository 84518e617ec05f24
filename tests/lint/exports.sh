#!/bin/sh
# exports - a public function begins with its file's name, and the module
# shows the world nothing but pam_sm_*.
. "$(dirname "$0")/lib.sh"
need "$CC" nm

# FILE PREFIX: what is named otherwise, and why.
cat >"$SCRATCH/exceptions" <<'END'
policy/check/elf.c check_elf
policy/check/exec.c check_exec
policy/check/integrity.c check_integrity
policy/check/segvguard.c check_segvguard
policy/check/tpe.c check_tpe
policy/keyword.c keywords
policy/keyword.c n_keywords
policy/section.c sections
cli/main.c cli
cli/crashes.c forgive_verb
cli/enroll.c unenroll_verb
cli/link.c links_release
policy/policy.c policies
policy/policy.c action
guardd/kernel/image.c loaded_release
guardd/tracees.c program
pam_module/pam_execguard.c pam_sm
END
# check/*: one function a file, named as decide.h declares them.
# crashes.c: one table, listed by one verb and emptied by the other.
# enroll.c: one way there, and back.
# cli.h is what main.c gives to the verbs.
# policy.c: an action is a word of the policy.
# image.c, link.c, tracees.c: the second noun of the module; its header declares it.

product '*.c' | xargs -r -P 2 -I '{}' sh -c '
	source=$1 object=$2/$(echo "$1" | tr / @).o; shift 2
	"$@" -O1 -c -o "$object" "$source" 2>"$object.log" ||
	    sed -n "1s|^|$source: does not compile: |p" "$object.log"
	' sh '{}' "$SCRATCH" "$CC" -std=c17 -D_GNU_SOURCE -I. \
    -DGUARDD_PATH='"guardd"' -DCONF_PATH='"execguard.d"' -DRUN_PATH='"run"' >"$SCRATCH/broken"

for object in "$SCRATCH"/*.o; do
	[ -e "$object" ] || continue
	source=$(basename "$object" .o | tr @ /)
	nm --defined-only -g "$object" |
	    awk -v file="$source" '{ print file, $NF }'
done >"$SCRATCH/symbols"

module=${B:-build/$(basename "$CC")}/pam_module/pam_execguard.so
[ ! -f "$module" ] ||
    nm -D --defined-only "$module" | awk '{ print $NF }' >"$SCRATCH/module"
touch "$SCRATCH/module"

{
	cat "$SCRATCH/broken"
	awk '
	function begins(symbol, prefix) {
		return symbol == prefix || index(symbol, prefix "_") == 1
	}
	NR == FNR { excepted[$1] = excepted[$1] " " $2; next }
	{
		name = $1
		sub(/.*\//, "", name)
		sub(/\.c$/, "", name)
		if (begins($2, name) || (name == "main" && $2 == "main"))
			next
		n = split(excepted[$1], prefix, " ")
		for (i = 1; i <= n; i++)
			if (begins($2, prefix[i]))
				next
		print $1 ": " $2 " does not begin with " name "_"
	}' "$SCRATCH/exceptions" "$SCRATCH/symbols"

	sed -n '/global:/,/local:/p' pam_module/*.map 2>/dev/null |
	    grep -Ev 'global:|local:|^[[:space:]]*pam_sm_[a-z_]*;$' |
	    sed 's|^[[:space:]]*|pam_module: the map lets out |'
	grep -v '^pam_sm_' "$SCRATCH/module" | sed "s|^|$module: exports |"
} | report

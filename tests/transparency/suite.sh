#!/bin/sh
# suite.sh - one test suite of others, by an ordinary user, in its tree.
#
#	suite.sh NAME build		in the tree, where the sources are
#	suite.sh NAME units		what can be run alone, one a line
#	suite.sh NAME run		the same on stdin, or names of results: run
#					these, and print what came of them
#
# A result is a line "RESULT UNIT" or "RESULT UNIT: CASE"; RESULT is pass,
# fail or skip.  suites/NAME.sh defines
#
#	packages	Debian's source packages, the first of them is the tree
#	needs		Debian's packages that build and run need
#	policy		words that every policy needs for it
#	limit		seconds that a unit may take
#	build, units	as above
#	alone UNIT	run this one, and print its results
#	results		instead, where the suite runs many at once: of stdin
#
# JOBS units run at once; what they say besides is kept in $LOGS.

suite=$2 limit=300
case $1 in build | units | run | one | alone) ;; *) exit 2 ;; esac
here=$(dirname "$0")
. "$here/automake.sh"
. "$here/suites/$suite.sh"

# --- what suites use ----------------------------------------------------------------

# Our results are on 3; what a suite prints on 1 and 2 is its log.
result() {
	printf '%s\n' "$*" >&3
}

# passed UNIT STATUS: the result of a unit that has no cases.
passed() {
	case $2 in
	0) result "pass $1" ;;
	77) result "skip $1" ;;
	*) result "fail $1" ;;
	esac
}

# tap UNIT [names] <OUTPUT: one result a line of TAP; with `names' a case is
# called what it says, otherwise by its number.
tap() {
	tee /dev/fd/2 | awk -v unit="$1" -v named="${2:+1}" '
	/^1\.\.0/ { print "skip " unit; next }
	/^ok [0-9]|^not ok [0-9]/ {
		bad = /^not/
		word = bad ? "fail" : "pass"
		if (/# *[Ss][Kk][Ii][Pp]/)
			word = "skip"
		else if (/# *([Tt][Oo][Dd][Oo])/)
			word = bad ? "pass" : "fail"
		sub(/^(not )?ok /, "")
		sub(/ *# *(skip|SKIP|[Tt][Oo][Dd][Oo]).*/, "")
		if (named)
			sub(/^[0-9]+ *-? */, "")
		else
			sub(/[^0-9].*/, "")
		print word " " unit ": " $0
	}' >&3
}

# scratch: sets $scratch, an empty folder of this unit's own.
scratch() {
	scratch=$(mktemp -d "$TMPDIR/unit.XXXXXX") || exit 1
	trap 'chmod -R u+rwx "$scratch"; rm -rf "$scratch"' EXIT
}

# --- the four words -----------------------------------------------------------------

command -v results >/dev/null || results() {
	xargs -r -P "$JOBS" -n 1 sh "$0" one "$suite"
}

case $1 in
build)
	set -e
	build
	;;
units)
	units
	;;
run)
	# A name of a result is good for a unit, once.
	whole=$(command -v whole || echo cat)
	mkdir -p "$LOGS"
	if [ "$whole" = cat ]; then
		sed 's/: .*//' | awk '!seen[$0]++'
	else
		whole
	fi | results
	;;
one)
	# Here, not in `alone': its end is to be told from ours.
	kept=$LOGS/$(printf %s "$3" | tr ' /' '__')
	timeout -k 9 "$limit" sh "$0" alone "$suite" "$3" 3>"$kept.results" \
	    >"$kept.log" 2>&1 </dev/null
	case $? in
	124 | 137) echo "fail $3: end within $limit s" >>"$kept.results" ;;
	esac
	cat "$kept.results"
	rm -f "$kept.results"
	;;
alone)
	alone "$3"
	;;
esac

#!/bin/sh
# run.sh - run the tiers named as arguments, all of them by default, and sum
# up what their closing lines say.
#
#	B=build/cc sh tests/run.sh [unit fuzz module kernel escape login
#	    transparency lint]
#
# One line for each file, what a failing file had to say, and what a passing
# one measured (its lines that begin with "# ").  The last line is "N passed, N failed, N skipped", the exit status 1 when anything failed: also
# a file that crashed, took too long, or ended without a closing line.
# Without root the tiers that need it are passed over.  MUST_RUN=1 makes
# whatever does not run a failure.  FULL=1 runs what is long at full length,
# and gives it the time.

B=${B:-build/cc}
MUST_RUN=${MUST_RUN:-0}
export B MUST_RUN
limit_escape=240
[ "${FULL:-0}" != 1 ] || limit_escape=1200

passed=0 failed=0 skipped=0 child=''
out=$(mktemp) || exit 1

stop() {
	trap '' INT TERM HUP
	[ -z "$child" ] || kill -TERM "$child" 2>/dev/null
	wait
	echo 'interrupted'
	exit 1
}

trap 'rm -f "$out"' EXIT
trap stop INT TERM HUP

# Both kinds of closing lines in $out, summed: "passed failed skipped", and
# how many closing lines there were.
tally() {
	awk '
	/^\[  (PASSED|FAILED|SKIPPED) *\] .*test\(s\)/ {
		for (i = 2; i < NF && $(i + 1) !~ /^test\(s\)/; i++)
			;
		count[$2] += $i
		lines++
	}
	/^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$/ {
		last = $0
		closed = 1
	}
	END {
		split(last, word, /[ ,]+/)
		print count["PASSED"] + word[1], count["FAILED"] + word[3], \
		    count["SKIPPED"] + word[5], lines + closed
	}' "$out"
}

now_ms() {
	date +%s%3N
}

seconds() {
	echo "$(($1 / 1000)).$(($1 % 1000 / 100)) s"
}

# run_file NAME LIMIT CMD...: one file, LIMIT seconds at most.
run_file() {
	name=$1 limit=$2
	shift 2
	began=$(now_ms)
	# In the background, so that a signal to us is heard at once; that
	# alone must not make the tests ignore SIGINT.
	env --default-signal=INT,QUIT timeout -k 20 "$limit" "$@" \
	    >"$out" 2>&1 </dev/null &
	child=$!
	wait "$child"
	status=$?
	child=''
	# shellcheck disable=SC2046 # four words
	set -- $(tally)
	n_passed=$1 n_failed=$2 n_skipped=$3 why=''
	if [ "$status" = 124 ] || [ "$status" = 137 ]; then
		why="no end within $limit s"
	elif [ "$4" = 0 ]; then
		why="status $status and no closing line"
	elif [ "$status" != 0 ] && [ "$n_failed" = 0 ]; then
		why="status $status"
	elif [ "$MUST_RUN" = 1 ] && [ "$n_skipped" != 0 ]; then
		n_failed=$((n_failed + n_skipped))
		n_skipped=0
		why='skipped, and MUST_RUN=1'
	fi
	[ -z "$why" ] || [ "$n_failed" != 0 ] || n_failed=1
	passed=$((passed + n_passed))
	failed=$((failed + n_failed))
	skipped=$((skipped + n_skipped))
	printf '%-6s %-26s %3d passed, %d failed, %d skipped  (%s)%s\n' \
	    "$([ "$n_failed" = 0 ] && echo ok || echo 'NOT OK')" "$name" \
	    "$n_passed" "$n_failed" "$n_skipped" \
	    "$(seconds $(($(now_ms) - began)))" "${why:+: $why}"
	show
}

# What the reader wants of $out: all that is not about a passing case; where
# all passed, what was measured.
show() {
	if [ "$n_failed" != 0 ] || [ "$n_skipped" != 0 ]; then
		grep -avE '^(ok - |\[ RUN|\[       OK|\[=+\])' "$out"
	else
		grep -a '^# ' "$out"
	fi | head -n 120 | sed 's/^/       /'
}

# Test programs and scripts of a tier, one a line.
files_of() {
	case $1 in
	unit) find "$B/tests/unit" -name '*_test' ;;
	fuzz) find "$B/tests/fuzz" -name '*_replay' ;;
	module) echo "$B/tests/module/module_test" ;;
	kernel) find "$B/tests/kernel" -type f -perm -100 ;;
	escape | login) find "tests/$1" -name '*.sh' ! -name lib.sh ;;
	transparency) echo tests/transparency/short.sh ;;
	esac 2>/dev/null | LC_ALL=C sort
}

pass_over() {
	echo "pass   $1: needs root"
	if [ "$MUST_RUN" = 1 ]; then
		failed=$((failed + 1))
	else
		skipped=$((skipped + 1))
	fi
}

run_tier() {
	n_files=0
	for file in $(files_of "$1"); do
		n_files=$((n_files + 1))
		case $1 in
		escape) run_file "$1/${file##*/}" $limit_escape sh "$file" ;;
		login) run_file "$1/${file##*/}" 180 sh "$file" ;;
		transparency) run_file "$1/${file##*/}" 400 sh "$file" ;;
		fuzz)
			seeds=${file##*/}
			run_file "$1/$seeds" 60 "$file" \
			    "tests/fuzz/corpus/${seeds%_replay}"
			;;
		*) run_file "$1/${file##*/}" 120 "$file" ;;
		esac
	done
	if [ "$n_files" = 0 ]; then
		echo "NOT OK $1: there is nothing to run below $B"
		failed=$((failed + 1))
	fi
}

[ $# -gt 0 ] || set -- unit fuzz module kernel escape login \
    transparency lint
for tier; do
	case $tier in
	unit | fuzz | module | kernel | escape | login | transparency | lint) ;;
	*)
		echo "run.sh: no tier '$tier'" >&2
		exit 2
		;;
	esac
done

for tier; do
	tier_began=$(now_ms)
	echo "== $tier"
	case $tier:$(id -u) in
	kernel:0 | escape:0 | login:0 | transparency:0) run_tier "$tier" ;;
	kernel:* | escape:* | login:* | transparency:*) pass_over "$tier" ;;
	lint:*) run_file "make lint" 600 "${MAKE:-make}" -s lint ;;
	*) run_tier "$tier" ;;
	esac
	echo "   $tier took $(seconds $(($(now_ms) - tier_began)))"
done

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]

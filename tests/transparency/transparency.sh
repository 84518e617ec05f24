#!/bin/sh
# transparency - test suites of others without a guard and with one, test by
# test.
#
#	make transparency [SUITES="bash git"] [WAYS="held"] [JOBS=2] [AGAIN=5]
#
# Each suite runs in every way (lib.sh says which there are).  What differs
# from `bare' is run again, AGAIN times in every way.  A difference counts if
# it is seen again, and the test never ended so without a guard; what else there
# was is listed as flaky.  The table is printed, and kept with the details in
# $WORK; the suites' sources, builds and logs are there, too, and are used again
# by the next run.

WORK=${WORK:-$PWD/build/transparency}
here=$(dirname "$0")
SUITES=${SUITES:-$(cd "$here/suites" && printf '%s\n' *.sh | sed 's/\.sh$//')}
WAYS=${WAYS:-held let-go permissive}
AGAIN=${AGAIN:-5}

if [ -z "${LIB_STAGE:-}" ] && [ "$(id -u)" = 0 ]; then
	# shellcheck disable=SC2086 # words
	sh "$here/fetch.sh" "$WORK" $SUITES || exit 1
fi

. "$here/lib.sh"

now() {
	date +%s
}

# refused WAY: how often policy said no, and to what, most often first.
refused() {
	[ -e "$LIB_MARK/$1.events" ] || return 0
	jq -r 'select(.event == "exec" and .action != "warn") |
	    "\(.check) \(.reason) \(.path)"' "$LIB_MARK/$1.events" |
	    sort | uniq -c | sort -rn | head -n 20 >"$RESULTS/$suite.$1.refused"
	[ ! -s "$RESULTS/$suite.$1.refused" ] ||
	    say "$suite, $1: policy refused $(awk '{ n += $1 } END { print n }' \
	        "$RESULTS/$suite.$1.refused") execs: $RESULTS/$suite.$1.refused"
}

# Every way once.
all_ways() {
	way bare sh "$HARNESS/suite.sh" units "$suite" </dev/null >"$T/units"
	for one in bare $WAYS; do
		began=$(now)
		rm -f "$LIB_MARK/$one.events"
		play "$one" 0 <"$T/units"
		say "$suite, $one: $(wc -l <"$RESULTS/$suite.$one.0") results in" \
		    "$(($(now) - began)) s"
		refused "$one"
	done
}

prepare "$WORK" results
n_differ=0
{
	echo '| suite | tests | pass | fail | skip |' \
	    "$(echo "$WAYS" | sed 's/ / | /g') | flaky |"
	echo '| --- | ---: | ---: | ---: | ---: |' \
	    "$(for one in $WAYS; do printf '%s' '---: | '; done)---: |"
} >"$RESULTS/head"
for suite in $SUITES; do
	rm -f "$RESULTS/$suite".*
	if ! built "$suite"; then
		say "$suite: cannot be built: $WORK/log/$suite.build"
		n_differ=$((n_differ + 1))
		continue
	fi
	all_ways
	again "$AGAIN"
	judge >"$RESULTS/$suite.row" || n_differ=$((n_differ + 1))
	cat "$RESULTS/$suite.details"
done

cat "$RESULTS/head"
for suite in $SUITES; do
	cat "$RESULTS/$suite.row"
done
[ $n_differ = 0 ]

#!/bin/sh
# The short form of `make transparency': what test suites of others say in a
# guarded session is what they say without a guard.
#
# dash by the tests that busybox has for its ash; the programs of coreutils that
# run others, by coreutils' tests; CPython's test_subprocess.  See
# transparency.sh for all of it.  The sources are in $WORK; `./bootstrap check'
# fetches them.

. "$(dirname "$0")/lib.sh"

WORK=${WORK:-$PWD/build/transparency}
WAYS='held let-go permissive'
JOBS=8 # they sleep a lot
export JOBS

# short_units SUITE: those that are short.
short_units() {
	case $1 in
	cpython)
		for class in CommandsWithSpaces ContextManagerTests MiscTests \
		    POSIXProcessTestCase ProcessTestCase RunFuncTestCase; do
			echo "test_subprocess: $class"
		done
		;;
	dash) all_units | grep -vE '^(check\.t|ash-(z_slow|vars|read))$' ;;
	*) all_units ;;
	esac
}

all_units() {
	way bare sh "$HARNESS/suite.sh" units "$suite" </dev/null
}

# differing WAY: the names that count as different in it.
differing() {
	grep "^$suite, $1: " "$RESULTS/$suite.details"
}

no_difference() {
	! differing "$1" >/dev/null
}

results_there() {
	[ "$(grep -c '^pass ' "$RESULTS/$suite.bare.0")" -ge "$1" ]
}

# try SUITE AT-LEAST WHAT: in every way; WHAT for the titles.
try() {
	# Not every mirror has the sources; bootstrap has said why.
	if [ ! -e "$WORK/trees/$1/.whole" ] && [ "$1" != cpython ]; then
		echo "# $3: not run: no source of it, see ./bootstrap check"
		return
	fi
	it "$3: the suite is there and passes without a guard"
	mkdir -p "$TREES/$1"
	rm -f "$RESULTS/$1".*
	expect 'to be built' built "$1"
	short_units "$1" >"$T/units"
	for one in bare $WAYS; do
		play "$one" 0 <"$T/units"
	done
	again 2
	judge >"$T/row"
	expect "at least $2 tests that pass" results_there "$2"
	for one in $WAYS; do
		it "$3: each test ends as it does without a guard ($one)"
		expect "no difference" no_difference "$one"
		no_difference "$one" || lib_detail "$(differing "$one")"
	done
}

prepare "$WORK" short
if [ -e /etc/debian_version ]; then
	try dash 100 'dash'
	try coreutils-exec 15 "coreutils' programs that run others"
fi
try cpython 150 "CPython's test_subprocess"
done_testing

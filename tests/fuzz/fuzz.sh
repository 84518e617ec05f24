#!/bin/sh
# fuzz.sh - run the harnesses named as arguments, each for T seconds.
#
#	T=60 sh tests/fuzz/fuzz.sh elf wire ...		(make fuzz builds them)
#
# Each begins with its seeds, tests/fuzz/corpus/NAME, and with what earlier
# runs found, build/fuzz/corpus/NAME, where new inputs go.  One line for each:
# executions, edges covered, inputs found.  What breaks one is kept below
# build/fuzz, its log is shown, and the exit status is 1.

T=${T:-60}
case $T in
'' | *[!0-9]*)
	echo "fuzz.sh: T=$T is no number of seconds" >&2
	exit 2
	;;
esac

if [ $# = 0 ]; then
	echo 'usage: T=SECONDS sh tests/fuzz/fuzz.sh HARNESS...' >&2
	exit 2
fi

failed=0 child=''

stop() {
	trap '' INT TERM HUP
	[ -z "$child" ] || kill -TERM "$child" 2>/dev/null
	wait
	echo 'interrupted'
	exit 1
}
trap stop INT TERM HUP

# A freed block is held back for a while, but not for half of the memory.
ASAN_OPTIONS=quarantine_size_mb=32:${ASAN_OPTIONS:-}
export ASAN_OPTIONS

# run_harness NAME
run_harness() {
	log=build/fuzz/$1.log
	found=build/fuzz/corpus/$1
	# A match costs the product of two lengths: short ones find more.
	[ "$1" = path ] && max_len=512 || max_len=8192
	mkdir -p "$found"
	set -- "$1" -max_total_time="$T" -timeout=10 -rss_limit_mb=512 \
	    -max_len="$max_len" -print_final_stats=1 -artifact_prefix="build/fuzz/$1-"
	[ ! -f "tests/fuzz/$1.dict" ] || set -- "$@" -dict="tests/fuzz/$1.dict"
	name=$1
	shift
	"build/fuzz/${name}_fuzz" "$@" "$found" "tests/fuzz/corpus/$name" \
	    >"$log" 2>&1 </dev/null &
	child=$!
	wait "$child"
	status=$?
	child=''
	report "$name" "$status" "$log"
}

# report NAME STATUS LOG
report() {
	[ "$2" = 0 ] && word=ok || word='NOT OK'
	awk -v word="$word" -v name="$1" -v seconds="$T" '
	/^#[0-9]+/ {
		for (i = 1; i < NF; i++) {
			if ($i == "cov:")
				edges = $(i + 1)
			if ($i == "corp:")
				split($(i + 1), inputs, "/")
		}
	}
	/^stat::number_of_executed_units:/ { runs = $2 }
	END {
		printf "%-6s fuzz/%-10s %11d executions, %5d edges, " \
		    "%5d inputs  (%d s)\n",
		    word, name, runs, edges, inputs[1], seconds
	}' "$3"
	[ "$2" != 0 ] || return 0
	failed=$((failed + 1))
	tail -n 60 "$3" | sed 's/^/       /'
}

for harness; do
	run_harness "$harness"
done
[ "$failed" = 0 ]

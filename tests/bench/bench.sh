#!/bin/sh
# bench - what the guard costs, beside nothing and beside its peers, in one run.
#
#	ROWS=...	which: spawn static spawn-pinned python python-pinned fork
#			thread signal script configure make login crowd; all
#	ROUNDS=15	of each row; of the long ones a fraction.  Odd numbers have
#			a median of their own
#	LOGINS=100	of each way
#	SESSIONS=1000	at once, at most
#	OUT=...		folder for samples.csv, table.txt and chart.svg: docs/bench
#			for all rows, $B/bench for some
#
# ways.sh: how a program is run; work.sh, sessions.sh: what is; report.awk and
# targets: what came out.  Where a peer cannot run, the table says why.

. "$(dirname "$0")/../login/lib.sh"
here=$(dirname "$0")
. "$here/ways.sh"
. "$here/work.sh"
. "$here/sessions.sh"

ALL_ROWS='spawn static spawn-pinned python python-pinned fork thread signal'
ALL_ROWS="$ALL_ROWS script configure make login crowd"
ROUNDS=${ROUNDS:-15}
LOGINS=${LOGINS:-100}
SESSIONS=${SESSIONS:-1000}
if [ -z "${ROWS:-}" ]; then
	ROWS=$ALL_ROWS
	OUT=${OUT:-docs/bench}
fi
OUT=${OUT:-$B/bench}
PACKAGE=$B/bench/package.tar.gz
SAMPLES=$T/samples.csv

# A fraction of the rounds, odd, for what takes long: 15 become 5, or 3.
a_few() {
	echo $(((ROUNDS / $1) | 1))
}

version_of() {
	dpkg-query -W -f '${Version}' "$1" 2>/dev/null ||
	    rpm -q --qf '%{VERSION}-%{RELEASE}' "$1" 2>/dev/null || echo none
}

# What the numbers are true of.
describe() {
	echo "machine: $(uname -srm), $(nproc) processors" \
	    "($(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1))," \
	    "$(awk '/^MemTotal/ { printf "%d MiB", $2 / 1024 }' /proc/meminfo)"
	echo "system: $(. /etc/os-release && echo "$PRETTY_NAME")"
	echo "peers: sudo $(version_of sudo), strace $(version_of strace)," \
	    "fapolicyd $(version_of fapolicyd)"
	[ ! -e "$B/bench/package" ] ||
	    echo "package: $(cat "$B/bench/package")"
	echo "rounds: $ROUNDS, logins: $LOGINS"
	sed 's/^/not here: /' "$T/absent"
}

report() {
	awk -v form="$1" -f "$here/report.awk" "$here/targets" "$SAMPLES"
}

draw() {
	command -v gnuplot >/dev/null || {
		echo 'bench: no gnuplot, no chart' >&2
		return
	}
	report chart >"$T/chart.tsv"
	[ "$(wc -l <"$T/chart.tsv")" -gt 1 ] || return
	gnuplot -e "data='$T/chart.tsv'; out='$OUT/chart.svg'; \
	    about='$(head -n 1 "$T/about" | tr -d "'")'" "$here/chart.gp" 2>"$T/gnuplot.log" ||
	    cat "$T/gnuplot.log" >&2
}

for row in $ROWS; do
	case " $ALL_ROWS " in
	*" $row "*) continue ;;
	esac
	echo "bench: no row '$row'; there are $ALL_ROWS" >&2
	exit 2
done
install -m 0755 "$B/tests/bench/cost" "$COST" &&
    install -m 0755 "$B/tests/bench/nothing_static" "$NOTHING" &&
    mkdir -p "$OUT" || exit 1
echo 'row,way,round,value' >"$SAMPLES"
find_ways
for row in $ROWS; do
	echo "# $(date +%T) $row" >&2
	"row_$(echo "$row" | tr - _)"
done

describe >"$T/about"
{
	cat "$T/about"
	echo
	report table
	echo
	report targets
} >"$OUT/table.txt"
cp "$SAMPLES" "$OUT/samples.csv"
draw
cat "$OUT/table.txt"

#!/bin/sh
# bench - what the guard costs, beside nothing, in one run.
#
# The same program by the same user, in these ways:
#
#	bare     without a guard
#	let go   under a policy with tpe: traced from ask to confirm only
#	hold     under a policy with segvguard too: traced all the time
#	judged   under one with tpe.libraries, and let go
#	every    under one with every check but segvguard, and let go
#
# They alternate, in short rounds and in both orders, so that a machine that
# grows slower grows slower for all.  A ratio is that of two medians.  ROUNDS
# and LOGINS say how many; odd numbers have a median of their own.

. "$(dirname "$0")/../login/lib.sh"

ROUNDS=${ROUNDS:-15}
LOGINS=${LOGINS:-21}
n_met=0 n_missed=0

# --- the three ways -----------------------------------------------------------

POLICIES=/etc/execguard-bench
COST=$TRUSTED/cost
mkdir -m 0755 "$POLICIES" "$TRUSTED" 2>/dev/null
install -m 0755 "$B/tests/bench/cost" "$COST" || exit 1

cat >"$POLICIES/let-go" <<-END
	events = "$EVENTS"
	policy "let-go" { tpe { roots = {"/usr", "$TRUSTED"} } }
END
cat >"$POLICIES/hold" <<-END
	events = "$EVENTS"
	policy "hold" {
	    tpe { roots = {"/usr", "$TRUSTED"} }
	    segvguard { }
	}
END

cat >"$POLICIES/judged" <<-END
	events = "$EVENTS"
	policy "judged" {
	    tpe { roots = {"/usr", "$TRUSTED"}  libraries = true }
	}
END

# A manifest of ENTRIES entries: of what is here as many as it takes, and names
# that nobody asks for.
ENTRIES=5000
MANIFEST=$TRUSTED/manifest
"$CTL" manifest create "$TRUSTED" /usr/bin /usr/lib/*-linux-gnu*/ld-* |
    head -n $ENTRIES >"$MANIFEST"
awk -v n=$ENTRIES 'END {
	for (i = NR; i < n; i++)
		printf "SHA256 (/usr/lib/x86_64-linux-gnu/nobody/%d) = %064d\n", i, i
}' "$MANIFEST" >"$T/more" && cat "$T/more" >>"$MANIFEST"
cat >"$POLICIES/every" <<-END
	events = "$EVENTS"
	policy "every" {
	    tpe { roots = {"/usr", "$TRUSTED"} }
	    exec { default = allow  deny = {"/usr/games/**"} }
	    elf { execstack = deny  elf32 = deny  textrel = deny  rwx = deny }
	    integrity { manifest = {"$MANIFEST"} }
	    environment { secure = true }
	}
END

# Words before the command that starts it: pinned, so is its guard.
pin=''

# way NAME CMD...: run it so, as alice, and print what it prints.
way() {
	way_name=$1
	shift
	if [ "$way_name" = bare ]; then
		set -- setpriv --reuid alice --regid alice --init-groups "$@"
	else
		set -- "$CTL" run -u alice -p "$POLICIES/$way_name" -- "$@"
	fi
	# shellcheck disable=SC2086 # nothing, or taskset and its words
	$pin timeout 30 "$@" </dev/null
}

# --- numbers --------------------------------------------------------------------

median() {
	sort -n "$1" | awk '
		{ at[NR] = $1 }
		END {
			if (NR == 0)
				exit 1
			print (at[int((NR + 1) / 2)] + at[int(NR / 2) + 1]) / 2
		}'
}

# judge VALUE TARGET: sets $judged to "met", "missed" or "-" (no target).
judge() {
	judged=-
	[ "$2" != - ] || return 0
	if awk "BEGIN { exit !($1 <= $2) }"; then
		judged=met n_met=$((n_met + 1))
	else
		judged=missed n_missed=$((n_missed + 1))
	fi
}

# --- operations -------------------------------------------------------------------

# measure ROW WHAT N [WAYS]: rounds of these ways into $T/ROW.WAY.
measure() {
	round=0
	while [ $round -lt "$ROUNDS" ]; do
		round=$((round + 1))
		ways=${4:-bare let-go hold}
		[ $((round % 2)) = 0 ] ||
		    ways=$(echo "$ways" | tr ' ' '\n' | tac)
		for name in $ways; do
			way "$name" "$COST" "$2" "$3" >>"$T/$1.$name" || {
				echo "bench: $1, $name: failed" >&2
				exit 1
			}
		done
	done
}

# row ROW LETGO-TARGET HOLD-TARGET JUDGED-TARGET: a line for each that was
# measured.
row() {
	row_bare=$(median "$T/$1.bare")
	for row_way in let-go hold judged every; do
		case $row_way in
		let-go) row_target=$2 ;;
		hold) row_target=$3 ;;
		judged) row_target=${4:--} ;;
		every) row_target=- ;;
		esac
		[ -e "$T/$1.$row_way" ] || continue
		row_ns=$(median "$T/$1.$row_way")
		row_ratio=$(awk "BEGIN { printf \"%.3f\", $row_ns / $row_bare }")
		judge "$row_ratio" "$row_target"
		printf '%-14s %-7s %10.2f %10.2f %8s %8s  %s\n' "$1" "$row_way" \
		    "$(awk "BEGIN { print $row_bare / 1000 }")" \
		    "$(awk "BEGIN { print $row_ns / 1000 }")" \
		    "$row_ratio" "$row_target" "$judged"
	done
}

# --- logins -----------------------------------------------------------------------

now_us() {
	echo $(($(date +%s%N) / 1000))
}

timed_login() {
	login_from=$(now_us)
	login alice /usr/bin/true
	[ "$status" = 0 ] || {
		echo "bench: the login $1 failed: $(cat "$stderr_file")" >&2
		exit 1
	}
	echo $(($(now_us) - login_from)) >>"$T/login.$1"
}

measure_logins() {
	cp "$POLICIES/hold" /etc/execguard.d/bench.conf
	start_sshd
	round=-1 # the first pair warms up
	while [ $round -lt "$LOGINS" ]; do
		round=$((round + 1))
		no_pam_line "$SSHD_SERVICE"
		timed_login bare
		pam_line "$SSHD_SERVICE"
		timed_login guarded
		[ $round -gt 0 ] || rm -f "$T/login.bare" "$T/login.guarded"
	done
}

guard_is_there() {
	[ "$(guards | wc -l)" = 1 ]
}

# PSS of one guard, in KiB, when its session has run some programs.
measure_memory() {
	guards_gone
	open_session alice 'id; ls / | sort; echo set; cat'
	if ! heard set || ! wait_until 5 guard_is_there; then
		echo 'bench: no guarded session to look at' >&2
		exit 1
	fi
	awk '/^Pss:/ { print $2 }' "/proc/$(guards)/smaps_rollup" >"$T/pss"
	close_session
}

# --- the report -------------------------------------------------------------------

measure spawn spawn 150 'bare let-go hold every'
measure library library 30 'bare let-go judged'
pin='taskset -c 0'
measure spawn-pinned spawn 150 'bare let-go hold every'
measure library-pinned library 30 'bare let-go judged'
pin=''
measure fork fork 800
measure thread thread 3000
measure signal signal 40000
measure_logins
measure_memory

echo "$(uname -sr), $(nproc) processors, medians of $ROUNDS rounds"
echo
printf '%-14s %-7s %10s %10s %8s %8s\n' operation guard 'bare us' 'with us' \
    ratio target
row spawn 1.30 -
row spawn-pinned 1.12 -
row library - - 1.35
row library-pinned - - 1.15
row fork 1.03 -
row thread 1.03 1.05
row signal 1.03 -
echo
for name in spawn spawn-pinned; do
	ratio=$(awk "BEGIN { printf \"%.3f\", \
	    $(median "$T/$name.every") / $(median "$T/$name.let-go") }")
	judge "$ratio" 1.10
	echo "$name: every check, against tpe alone: $ratio, target 1.10: $judged"
done
echo
bare=$(median "$T/login.bare")
with=$(median "$T/login.guarded")
more=$(awk "BEGIN { printf \"%.2f\", ($with - $bare) / 1000 }")
judge "$more" 5
awk "BEGIN { printf \"login: %.1f ms bare, %.1f ms guarded (hold); \", \
    $bare / 1000, $with / 1000 }"
echo "$more ms more, target 5: $judged"
pss=$(cat "$T/pss")
judge "$pss" 1024
echo "memory: a guard has $pss KiB (PSS), target 1024: $judged"
echo
echo "targets: $n_met met, $n_missed missed"

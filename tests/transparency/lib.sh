# shellcheck shell=sh
# lib.sh - the suites of others without a guard and with one; see tests/lib.sh
# for what is below.
#
#	prepare WORK NAME	mounts; results go to WORK/NAME
#	built SUITE		builds it, unless that was done
#	way NAME CMD...		as alice, in the tree of $suite, in this way
#	play WAY ROUND <NAMES	results of these into $RESULTS/SUITE.WAY.ROUND
#	again TIMES		what differs from `bare', in every way of $WAYS
#	judge			the row of $suite in the table; true if none differs
#
# The ways:
#
#	bare		no guard
#	held		tpe and segvguard: attached to all processes
#	let-go		tpe: attached from ask to confirm
#	permissive	every check, objecting to nearly all, refusing nothing

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

POLICIES=$TRUSTED/policies
pin='' # words before the command that starts a way
HARNESS=$TRUSTED/transparency
TREES=/home/alice/t
LOGS=/home/alice/log

# --- ground -------------------------------------------------------------------------

# Whatever a test writes and runs must be permitted: what alice owns where
# only she can write, and what lies in folders that everybody can write to.
permits='tpe {
	roots  = {"/usr", "/home/alice"}
	owners = {"root", "alice"}
	own    = true
	except = {"/tmp/**", "/dev/shm/**", "/home/alice/**", "memfd:*"}
    }'

# policies WORDS: with these, which a suite may need.
policies() {
	for name in held let-go permissive; do
		mkdir -p "$POLICIES"
		printf 'events = "%s/%s.events"\npolicy "%s" {\n%s\n' \
		    "$LIB_MARK" "$name" "$name" "$1" >"$POLICIES/$name"
	done
	echo "$permits segvguard { maxcrashes = 32 expiry = 1 suspension = 1 } }" \
	    >>"$POLICIES/held"
	echo "$permits }" >>"$POLICIES/let-go"
	cat >>"$POLICIES/permissive" <<-END
		mode = permissive
		segvguard { maxcrashes = 1 }
		tpe { roots = {"/opt"}  libraries = true }
		exec { allow = {"/usr/bin/env"} }
		elf { pie = require  execstack = deny  elf32 = deny  static = deny
		      ldso = deny  textrel = deny  rwx = deny }
		integrity { manifest = {"$TRUSTED/manifest"}  unlisted = deny }
		environment { secure = true  vdso = hide }
		memory { write_exec = deny }
		scripts { restrict = true }
		}
	END
}

prepare() {
	mkdir -p "$1/$2" "$1/log" "$1/trees"
	RESULTS=$1/$2
	mkdir -m 0755 "$HARNESS" "$TREES" "$LOGS" /home/alice/tmp
	cp -r "$(dirname "$0")"/. "$HARNESS/"
	chmod -R go=rX "$HARNESS"
	mount --bind "$1/trees" "$TREES"
	mount --bind "$1/log" "$LOGS"
	chown alice:alice "$LOGS" /home/alice/tmp
	"$CTL" manifest create /usr/bin/env >"$TRUSTED/manifest"
}

# --- one way ------------------------------------------------------------------------

way() {
	way_name=$1
	shift
	case $way_name in
	bare)
		set -- setpriv --reuid alice --regid alice --init-groups "$@"
		;;
	*)
		set -- "$CTL" run -u alice -p "$POLICIES/$way_name" -g "$GUARDD" \
		    -- "$@"
		;;
	esac
	# shellcheck disable=SC2086 # nothing, or taskset and its words
	(cd "$TREES/$suite" && exec $pin setsid --wait env -i HOME=/home/alice \
	    USER=alice LOGNAME=alice SHELL=/bin/sh TMPDIR=/home/alice/tmp \
	    PATH=/usr/local/bin:/usr/bin:/bin LC_ALL=C TZ=UTC \
	    JOBS="${JOBS:-$(nproc)}" LOGS="$LOGS/$suite.$way_name" "$@")
}

# built SUITE: the suite that all the others are about from now on.
built() {
	suite=$1
	policies "$(sed -n "s/^policy='\(.*\)'.*/\1/p" "$HARNESS/suites/$suite.sh")"
	[ ! -e "$TREES/$suite/.built" ] || return 0
	chown -R alice:alice "$TREES/$suite"
	way bare sh "$HARNESS/suite.sh" build "$suite" </dev/null >"$LOGS/$suite.build" 2>&1 &&
	    : >"$TREES/$suite/.built"
}

play() {
	cat >"$T/names"
	# Many append to it at once: cat(1) overtakes itself otherwise.
	rm -f "$RESULTS/$suite.$1.$2"
	way "$1" sh "$HARNESS/suite.sh" run "$suite" <"$T/names" \
	    >>"$RESULTS/$suite.$1.$2"
}

say() {
	echo "transparency: $*" >&2
}

compare() {
	compare_verb=$1
	shift
	python3 "$HARNESS/compare.py" "$compare_verb" "$RESULTS" "$suite" "$@"
}

# shellcheck disable=SC2086 # words
again() {
	compare differing $WAYS >"$T/differing"
	[ -s "$T/differing" ] || return 0
	say "$suite: $(wc -l <"$T/differing") differ at first"
	again_round=0
	while [ $again_round -lt "$1" ]; do
		again_round=$((again_round + 1))
		for again_way in bare $WAYS; do
			play "$again_way" $again_round <"$T/differing"
		done
		# What depends on who runs first shows it so, without a guard.
		pin='taskset -c 0'
		play bare $(($1 + again_round)) <"$T/differing"
		pin=''
	done
}

# shellcheck disable=SC2086 # words
judge() {
	compare judge $WAYS
}

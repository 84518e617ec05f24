#!/bin/sh
# explain and a session say the same of policies, files and users that nobody
# chose: the verdict, the check, the reason, the phase and the file.
#
#	CASES=10000 SEED=7	how many, and which; FULL=1 is 10000

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/explained.sh
. "$(dirname "$0")/../explained.sh"

CASES=${CASES:-$([ "${FULL:-0}" = 1 ] && echo 10000 || echo 100)}
SEED=${SEED:-1}
FILES=10 # for one policy

# Where alice can reach it, too.
install -m 0755 "$CTL" "$TRUSTED/execguardctl"
CTL=$TRUSTED/execguardctl

make_files
all_files | tr -s ' \n\t' '\n' >"$T/files"
# shellcheck disable=SC2013 # a path a word
for file in $(cat "$T/files"); do
	[ ! -f "$file" ] || sha256sum --tag "$(readlink -f "$file")"
done | LC_ALL=C sort -u |
    awk 'NR % 5 == 0 { sub(/[0-9a-f]$/, "0") } NR % 4' >"$TRUSTED/manifest"

# A policy of chance and, behind it, a user and $FILES files: one a line.
awk -v seed="$SEED" -v n=$(((CASES + FILES - 1) / FILES)) -v files=$FILES \
    -v trusted="$TRUSTED" '
function chance(percent) { return rand() * 100 < percent }
function one(words,    w, m) { m = split(words, w, " ");
	return w[1 + int(rand() * m)] }
function some(words, percent,    w, m, i, out) {
	m = split(words, w, " ")
	for (i = 1; i <= m; i++)
		if (chance(percent))
			out = out (out ? ", " : "") "\"" w[i] "\""
	return "{" (out ? out : "\"" w[1] "\"") "}"
}
function action() { return " action = " one("deny deny deny warn kill abort filter") }
function except() { return chance(25) ? " except = " some(globs, 15) : "" }
BEGIN {
	srand(seed)
	globs = "/usr/** " trusted "/** /home/alice/** /usr/bin/true " trusted \
	    "/script /**/*-home " trusted "/depth? /usr/bin/*sh " trusted "/open/*"
	for (i = 0; i < n; i++) {
		p = "policy \"p\" { users = {\"alice\", \"bob\"}"
		if (chance(15))
			p = p " mode = permissive"
		if (chance(30))
			p = p " segvguard { }"
		if (chance(70)) {
			p = p " tpe {" action() " roots = " \
			    some("/usr " trusted " /home/alice /", 50) except()
			if (chance(30)) p = p " own = true"
			if (chance(20)) p = p " owners = {\"root\", \"bob\"}"
			if (chance(20)) p = p " writers = {\"students\"}"
			if (chance(10)) p = p " filesystems = " one("{\"ext4\"} {\"tmpfs\"} {\"ext4\",\"tmpfs\"}")
			p = p " }"
		}
		if (chance(50)) {
			p = p " exec {" action() except()
			if (chance(60)) p = p " allow = " some(globs, 30)
			if (chance(60)) p = p " deny = " some(globs, 10)
			p = p " default = " one("allow deny")
			p = p " }"
		}
		if (chance(40)) {
			p = p " elf {" action() except()
			if (chance(40)) p = p " static = deny"
			if (chance(40)) p = p " elf32 = deny"
			if (chance(40)) p = p " ldso = deny"
			if (chance(30)) p = p " pie = require"
			if (chance(10)) p = p " dynamic = deny"
			p = p " }"
		}
		if (chance(30)) {
			p = p " integrity {" action() except() " manifest = {\"" \
			    trusted "/manifest\"}"
			if (chance(60)) p = p " unlisted = " one("allow warn deny")
			if (chance(30)) p = p " mismatch = " one("warn kill deny")
			p = p " }"
		}
		print p " }"
		print one("alice alice bob self")
		print int(rand() * 1000000)
	}
}' >"$T/cases"

agree_with_some() {
	for file in $(shuf -n $FILES --random-source="$T/random" "$T/files"); do
		agree "$1" "$file"
	done
}

it "agrees with sessions about cases of chance (SEED=$SEED)"
while read -r text && read -r user && read -r number; do
	CONF=/etc/execguard.d CONF_EVENTS=$EVENTS
	if [ "$user" = self ]; then
		CONF=/home/alice/own.conf CONF_EVENTS=/home/alice/events
	fi
	policy "$text"
	if [ "$user" = self ]; then
		sed "s|$EVENTS|$CONF_EVENTS|" /etc/execguard.d/test.conf >$CONF
		: >$CONF_EVENTS
		chown alice: $CONF $CONF_EVENTS
	fi
	# As much as shuf may want, of one number.
	awk -v seed="$number" 'BEGIN { srand(seed)
		for (i = 0; i < 999; i++) printf "%d", rand() * 1000000 }' \
	    >"$T/random"
	before=$n_disagreed
	agree_with_some "$user"
	[ "$n_disagreed" = "$before" ] || disagreed="$disagreed
#   by $text"
done <"$T/cases"
expect 'no disagreement' test "$n_disagreed" = 0
expect 'most of what was asked is known' \
    test "$agreed" -ge $((CASES * 3 / 4))
[ -z "$disagreed" ] || printf '%s\n' "$disagreed" | head -n 60
echo "# $agreed cases agreed about, $n_unknown known only when they are run"

done_testing

# shellcheck shell=sh
# explained.sh - files of many kinds, and whether explain and a session say the
# same of them.  Source it behind tests/lib.sh.
#
#	make_files		make them, in $TRUSTED and in /home/alice
#	all_files		list them
#	as_alice CMD...		run it as an ordinary user
#	agree USER FILE		explain FILE and execute it, by the policy
#				$CONF with the events $CONF_EVENTS: $agreed
#				counts, $n_disagreed and $disagreed say where
#				not, $n_unknown what explain does not know

SHELL_FILE=$(readlink -f /bin/sh)
LOADER=$(readlink -f "$(ldd /usr/bin/true |
    awk '/ld-|ld\./ { for (i = 1; i <= NF; i++) if ($i ~ /^\//) print $i }' |
    head -n 1)")

CONF=/etc/execguard.d CONF_EVENTS=$EVENTS
agreed=0 n_disagreed=0 n_unknown=0 disagreed=''

as_alice() {
	run setpriv --reuid alice --regid alice --init-groups -- "$@"
}

# script FILE INTERPRETER
script() {
	printf '#!%s\n: #\n' "$2" >"$1"
	chmod 0755 "$1"
}

make_scripts() {
	script "$TRUSTED/script" /bin/sh
	script "$TRUSTED/first" "/bin/sh -e"
	script "$TRUSTED/second" "$TRUSTED/first"
	script "$TRUSTED/from-home" /home/alice/true
	script "$TRUSTED/no-interpreter" /nowhere/sh
	script "$TRUSTED/is-interpreted-by-folder" /usr
	script "$TRUSTED/depth1" /bin/sh
	for depth in 2 3 4 5 6 7; do
		script "$TRUSTED/depth$depth" "$TRUSTED/depth$((depth - 1))"
	done
	printf '#!/bin/sh\necho >/home/alice/ran\n' >"$TRUSTED/leaves-mark"
	printf '#!   \n' >"$TRUSTED/no-word"
	printf 'true\n' >"$TRUSTED/text"
	: >"$TRUSTED/empty"
	chmod 0755 "$TRUSTED/leaves-mark" "$TRUSTED/no-word" "$TRUSTED/text" \
	    "$TRUSTED/empty"
	script /home/alice/script /bin/sh
	script /home/alice/of-home /home/alice/true
	chown alice: /home/alice/script /home/alice/of-home
}

make_programs() {
	for name in true acl plain for-bob group others foreign; do
		copy root /usr/bin/true "$TRUSTED/$name"
	done
	chmod 0644 "$TRUSTED/plain"
	chown root:bob "$TRUSTED/for-bob"
	chmod 0750 "$TRUSTED/for-bob"
	chown root:students "$TRUSTED/group"
	chmod 0775 "$TRUSTED/group"
	chmod 0757 "$TRUSTED/others"
	chown bob: "$TRUSTED/foreign"
	copy alice /usr/bin/true /home/alice/true
	head -c 200 /usr/bin/true >"$TRUSTED/cut"
	LC_ALL=C sed 's|/lib64/ld-linux|/nib64/ld-linux|; s|/lib/ld-linux|/nib/ld-linux|' \
	    /usr/bin/true >"$TRUSTED/no-loader"
	chmod 0755 "$TRUSTED/cut" "$TRUSTED/no-loader"
	copy root "$B/tests/escape/forbidden_static" "$TRUSTED/static"
	[ ! -e "$B/tests/escape/forbidden_32" ] ||
	    copy root "$B/tests/escape/forbidden_32" "$TRUSTED/program32"
}

make_folders() {
	mkdir -m 0777 "$TRUSTED/open"
	chmod 0777 "$TRUSTED/open"
	copy root /usr/bin/true "$TRUSTED/open/true"
	copy root "$B/tests/escape/forbidden_static" "$TRUSTED/open/true-denied"
	script "$TRUSTED/open/script" /bin/sh
	mkdir -m 0755 "$TRUSTED/plain-first"
	cp /usr/bin/true "$TRUSTED/plain-first/true"
	chmod 0644 "$TRUSTED/plain-first/true"
	ln -s /usr/bin/true /home/alice/link
	ln -s /home/alice/true "$TRUSTED/link-home"
	ln -s "$TRUSTED/script" /home/alice/link-script
	ln -s nowhere "$TRUSTED/dangling"
	ln -s loop "$TRUSTED/loop"
	mkfifo -m 0755 "$TRUSTED/fifo"
	ln "$TRUSTED/true" /home/alice/hard 2>/dev/null ||
	    copy root /usr/bin/true /home/alice/hard
}

make_files() {
	make_programs
	make_scripts
	make_folders
	setfacl -m u:bob:w "$TRUSTED/acl" 2>/dev/null
	umask 022
}

all_files() {
	for name in true acl plain for-bob group others foreign cut no-loader \
	    static program32 script first second from-home no-interpreter \
	    is-interpreted-by-folder depth5 depth6 depth7 leaves-mark no-word \
	    text empty open open/true open/script link-home dangling loop fifo \
	    missing; do
		echo "$TRUSTED/$name"
	done
	echo "/home/alice/true /home/alice/script /home/alice/of-home
	    /home/alice/link /home/alice/link-script /home/alice/hard
	    /usr/bin/true /bin/true /usr/bin/id /usr $LOADER"
}

words='"\(.action) \(.wanted // "-") \(.check) \(.reason) \(.phase) \(.path // "-")"'

# as USER VERB ARG...: execguardctl for him, by $CONF; "self" is alice, without
# root and by a policy of her own.
as() {
	as_user=$1 as_verb=$2
	shift 2
	if [ "$as_user" = self ]; then
		setpriv --reuid alice --regid alice --init-groups -- \
		    timeout 20 "$CTL" "$as_verb" -p "$CONF" "$@"
	else
		timeout 20 "$CTL" "$as_verb" -u "$as_user" -p "$CONF" "$@"
	fi </dev/null
}

# What became of FILE for USER: the words of an event; else whether it ran.
session_says() {
	: >"$CONF_EVENTS"
	says_status=0
	as "$1" run -- "$2" >/dev/null 2>&1 || says_status=$?
	guards_gone
	says=$(jq -r --arg asked "$2" 'select(.event == "exec" and
	    .asked == $asked) | '"$words" "$CONF_EVENTS" | tail -n 1)
	if [ -n "$says" ]; then
		echo "$says"
	else
		case $says_status in
		126 | 127) echo kernel ;;
		137) echo killed ;;
		*) echo runs ;;
		esac
	fi
}

# The same in the words of explain.  What is refused by `filter' has no event.
explain_says() {
	as "$1" explain --json -- "$2" |
	    jq -r 'if .answer == "kernel" then "kernel"
	    elif .verdict.action == "filter"
	    then if .verdict.phase == "ask" then "kernel" else "killed" end
	    elif .verdict and .verdict.reason != "none"
	    then .verdict | '"$words"' else .answer end'
}

agree() {
	agree_session=$(session_says "$1" "$2")
	agree_explain=$(explain_says "$1" "$2")
	# A shell reads it as its own script: what then runs is the shell.
	if [ "$agree_explain" = unknown ]; then
		n_unknown=$((n_unknown + 1))
		return
	fi
	agreed=$((agreed + 1))
	[ "$agree_session" != "$agree_explain" ] || return 0
	n_disagreed=$((n_disagreed + 1))
	disagreed="$disagreed
# $1 $2: a session '$agree_session', explain '$agree_explain'"
}

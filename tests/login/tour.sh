#!/bin/sh
# execguard(7) and execguard-events(5) are true: what they show is done, and
# what they say is printed.
#
# A comment before each display says what it is:
#
#	file: PATH      the contents of a file; of policy, it is checked
#	append: PATH    what is added to one
#	login: USER     no display: he logs in anew, at a terminal
#	run             "# COMMAND" as root, "$ COMMAND" by him who logged in
#	                last; four spaces go on with it.  The other lines are
#	                what it prints: each, and no other; "..." is anything
#	run: WHY        the same, which prints nothing
#	event: KIND     an example of an event
#	json: VERB      an example of what execguardctl VERB --json prints
#	not run: WHY

# shellcheck source=tests/login/lib.sh
. "$(dirname "$0")/lib.sh"

MAN=$(cd "$(dirname "$0")/../../docs/man" && pwd)
EVENTS=/var/log/execguard.json
heard=$T/heard
steps=$T/steps
PATH=${CTL%/*}:$PATH

# The service has its usual name, and alice a shell that people use.
SSHD_SERVICE=sshd
ln -s "$(readlink "$SSHD")" "$T/sshd" && SSHD=$T/sshd
no_pam_line sshd
sed -i '/^alice:/s|:[^:]*$|:/bin/bash|' /etc/passwd
TERM=dumb
export TERM

# steps PAGE: what is to be done, a line each: a word, a tab and the rest.
steps() {
	awk '
	function plain(s) {
		gsub(/\\&/, "", s)
		gsub(/\\e/, "\\", s)
		return s
	}
	function step(word, rest) { printf "%s\t%s\n", word, rest }
	function finish() {
		if (command != "")
			step(user, command)
		for (i = 1; i <= n; i++)
			step("want", wanted[i])
		if (command != "")
			step("check", "")
		command = ""
		n = 0
	}
	function show(line) {
		if (kind != "run")
			step("text", line)
		else if (line ~ /^[#$] /) {
			finish()
			user = line ~ /^#/ ? "root" : "user"
			command = substr(line, 3)
		} else if (line ~ /^    /)
			command = command " " substr(line, 5)
		else
			wanted[++n] = line
	}
	function begin() {
		kind = mark
		sub(/:.*/, "", kind)
		rest = mark
		sub(/^[^:]*: */, "", rest)
		step(mark == "" ? "unmarked" : kind, mark == "" ? FNR : rest)
		mark = ""
	}
	/^\.\\" login: / { step("login", $3); next }
	/^\.\\" (file|append|event|json|not run): / || /^\.\\" run(: |$)/ {
		mark = substr($0, 5)
		next
	}
	/^\.Bd -literal/ { begin(); on = 1; next }
	/^\.Ed/ { finish(); step("end", kind); on = 0; next }
	on { show(plain($0)) }
	/^\.Dl / { begin(); show(plain(substr($0, 5))); finish(); step("end", kind) }
	' "$MAN/$1"
}

# --- what is done ------------------------------------------------------------

session_user='' n_said=0

log_out() {
	[ -n "$session_user" ] || return 0
	say exit
	close_session
	session_user=
	expect 'no guard' guards_gone
}

log_in() {
	log_out
	open_session "$1" -tt
	session_user=$1
	say 'set +o emacs +o vi; PS1=; stty -echo; echo rea""dy'
	expect 'a shell' heard ready
}

# What the session printed since it had printed $n_before bytes.
listen() {
	tail -c +$((n_before + 1)) "$talk" | tr -d '\r' |
	    grep -v "^end $n_said\$" >"$heard"
}

by_user() {
	[ "$1" != exit ] || {
		log_out
		: >"$heard"
		return
	}
	n_said=$((n_said + 1))
	n_before=$(wc -c <"$talk")
	say "$1"
	say "echo en\"\"d $n_said"
	expect 'an end' heard "end $n_said"
	listen
}

by_root() {
	run bash -o pipefail -c "$1"
	cat "$stdout_file" "$stderr_file" >"$heard"
}

# A line of the page as a pattern.
pattern() {
	printf '%s\n' "$1" |
	    sed 's/[][\.*^$+?(){}|]/\\&/g; s/ \\\.\\\.\\\. / .*/g; s/\\\.\\\.\\\./.*/g'
}

# The guard writes to the terminal a moment before the shell, or after it.
was_heard() {
	[ "$by" = root ] || listen
	grep -qxE -e "$1" "$heard"
}

# Nothing else was heard; of the recipes the page does not say what they print.
expect_only() {
	[ "$page" = execguard.7 ] || {
		expect_status 0
		[ "$why" != run ] || expect 'some lines' test -s "$stdout_file"
		return
	}
	[ -s "$patterns" ] || [ "$by" != root ] || expect_status 0
	sed '/^$/d' "$heard" | grep -vxE -f "$patterns" >"$T/more" || return 0
	fail 'nothing else' "'$(lib_shown "$T/more")'"
}

# follow PAGE
follow() {
	page=$1 by='' why='' file='' patterns=$T/patterns n_examples=0
	steps "$page" >"$steps"
	while IFS="$tab" read -r word rest <&7; do
		case $word in
		root | user)
			it "$page: $([ "$word" = root ] && echo '#' || echo '$') $rest"
			by=$word
			: >"$patterns"
			"by_$word" "$rest"
			lib_good
			;;
		want)
			pattern "$rest" >>"$patterns"
			expect "'$rest'" wait_until 5 was_heard "$(pattern "$rest")"
			;;
		check) expect_only ;;
		login)
			it "$page: $rest logs in"
			log_in "$rest"
			;;
		run) why=$rest ;;
		file | append)
			it "$page: $rest"
			file=$rest
			[ "$word" = append ] || : >"$file"
			;;
		event | json)
			n_examples=$((n_examples + 1))
			file=$T/$word.$rest.$n_examples
			;;
		text)
			[ -z "$file" ] || printf '%s\n' "$rest" |
			    sed "s|pam_execguard\\.so|$MODULE guardd=$GUARDD|" >>"$file"
			;;
		end)
			case $file in
			*.d/*.conf)
				run "$CTL" check
				expect_status 0
				;;
			/etc/*) lib_good ;;
			esac
			file=
			;;
		unmarked)
			it "$page: line $rest"
			fail 'a comment that says what it is' 'none'
			;;
		esac
	done 7<"$steps"
}

tab=$(printf '\t')

# sshd hands no guard to a login before the page adds the line.
start_sshd
cd /home/root || exit 1
follow execguard.7
it "the tour leaves nothing behind"
log_out
expect 'no guard' guards_gone

# --- execguard-events(5) ------------------------------------------------------

# fields SECTION: which fields the page says that it has.
fields() {
	awk -v wanted="$1" '
	/^\.Ss / { section = $2 }
	/^\.Sh / { section = "" }
	/^\.\\" list: fields/ { is_common = 1 }
	/^\.Ss exec/ { is_common = 0 }
	(section == wanted || is_common && wanted ~ /^(exec|crash|suspended|inspector|permit|session|dropped)$/) &&
	    /^\.It Sy / {
		for (i = 3; i <= NF; i++)
			if ($i != ",")
				print $i
	}' "$MAN/execguard-events.5" | jq -Rn '[inputs]'
}

# expect_fields SECTION FILTER FILE: of each object that FILTER finds.
expect_fields() {
	jq -s --argjson known "$(fields "$1")" \
	    "[.[] | $2 | keys[]] | unique - \$known" "$3" >"$T/unknown" 2>&1
	[ "$(jq -c . "$T/unknown")" = '[]' ] && { lib_good && return; }
	fail "no field of $1 that is not in the page" "$(cat "$T/unknown")"
}

# expect_found N FILTER FILE: so many objects at least.
expect_found() {
	expect "$1 of $2" jq -se "[.[] | $2] | length >= $1" "$3" >/dev/null
}

for kind in exec crash suspended permit session; do
	it "execguard-events.5: each field of a real event of kind $kind"
	expect_found 1 "select(.event == \"$kind\")" "$EVENTS"
	expect_fields $kind "select(.event == \"$kind\")" "$EVENTS"
done

cat >/etc/execguard.d/students.conf <<-END_POLICY
	events = "$EVENTS"
	policy "students" {
		groups = {"students"}
		segvguard { maxcrashes = 2 }
	}
END_POLICY
{
	pam_stack sshd
	echo "session required $MODULE guardd=$GUARDD"
} >/etc/pam.d/sshd

it "execguard-events.5: each field that execguardctl prints as JSON"
log_in alice
by_user "for i in 1 2; do sh -c 'kill -SEGV \$\$'; done; sh -c true"
"$CTL" sessions --json >"$T/sessions"
"$CTL" crashes --json >"$T/crashes"
"$CTL" show --json "$(jq -r '.sessions[0].id' "$T/sessions")" >"$T/show"
expect_found 1 '.sessions[]' "$T/sessions"
expect_fields sessions '.sessions[]' "$T/sessions"
expect_found 1 '.crashes[] | select(.suspended_s > 0)' "$T/crashes"
expect_fields crashes '.crashes[]' "$T/crashes"
expect_fields crashes '.crashes[]' "$T/show"
expect_found 1 '.guests[]' "$T/show"
expect_fields show '.guests[], .processes[]' "$T/show"
expect_found 1 '.processes[]' "$T/show"
expect_fields sessions '.session' "$T/show"

follow execguard-events.5
log_out

for file in "$T"/event.* "$T"/json.*; do
	name=${file#"$T/"}
	kind=${name#*.}
	kind=${kind%.*}
	it "execguard-events.5: example ${name##*.}, $kind"
	case $name in
	event.*)
		expect_found 1 "select(.event == \"$kind\")" "$file"
		expect_fields "$kind" . "$file"
		;;
	json.show)
		expect_fields show '.guests[], .processes[]' "$file"
		;;
	*)
		expect_found 1 . "$file"
		;;
	esac
done

it "leaves no guard behind"
expect 'no guard' guards_gone

done_testing

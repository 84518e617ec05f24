#!/bin/sh
# Signals, stops, ends, timers, privileges and limits, as programs and shells
# see them: the same lines in a session without a guard, in one whose processes
# are let go, and in one whose processes are held.

# shellcheck source=tests/login/lib.sh
. "$(dirname "$0")/lib.sh"

FACTS=$TRUSTED/facts

# --- what is installed ---------------------------------------------------------

install_facts() {
	mkdir -m 0755 "$FACTS"
	for program in waits execs throngs typist; do
		install -m 0755 "$B/tests/login/$program" "$FACTS/"
	done
	install -m 4755 "$FACTS/execs" "$FACTS/setuid"
	install -m 2755 "$FACTS/execs" "$FACTS/setgid"
	install -m 0755 "$FACTS/execs" "$FACTS/capable"
	PATH=$PATH:/usr/sbin:/sbin setcap cap_net_raw+ep "$FACTS/capable"
}

# Somebody whose processes nobody else has: limits count all of a uid.
add_user() {
	uid=$((100000 + $(od -An -N2 -tu2 /dev/urandom)))
	echo "carol:x:$uid:$uid::/home/carol:/bin/sh" >>/etc/passwd
	echo "carol:x:$uid:" >>/etc/group
	echo 'carol:*:19000::::::' >>/etc/shadow
	mkdir -m 0755 /home/carol
	chown carol:carol /home/carol
	cp "$T/id.pub" "$SSHD_ETC/carol.keys"
}

# A job that says whether it is in front.
write_job() {
	cat >/home/carol/job <<-'END'
		in_front() {
			[ "$(ps -o tpgid= -p $$)" -eq $$ ]
		}
		echo 'job begun'
		while in_front; do :; done
		echo 'job behind'
		until in_front; do :; done
		echo 'job in front'
		exec tail -f /dev/null
	END
}

# --- what a shell is told --------------------------------------------------------

# What is typed into shell $1: see typist.c.
steps() {
	cat <<-'END'
		> stty -echo; PS1= PS2=; set +o emacs; set -m; echo rea""dy
		? ready
		> sh job
		? job begun
		^Z
		? Stopped
		> jobs; echo one
		? Stopped
		? one
		> bg
		? job behind
		> jobs; echo two
		? Running
		? two
		> fg
		? job in front
		^C
		> echo status $?
		? status 130
		> sh -c 'echo be""gun; kill -STOP $$; echo going on; exit 3'
		? begun
		? Stopped
		> fg; echo status $?
		? going on
		? status 3
		> cat | cat
		> one line
		? one line
		^Z
		? Stopped
		> fg
		> another line
		? another line
		^D
		> echo status $?
		? status 0
		> cat & echo three
		? three
		> until ps -o stat= -p $! | grep -q '^[Tt]'; do :; done; echo four
		? four
		> kill %1; kill -CONT $! 2>/dev/null; while ps -o stat= -p $! | grep -q '^[^Z]'; do :; done; wait $!; echo status $?
		? status 143
		> stty tostop; (echo from behind) & wait $!; echo status $?
		? status 150
		> fg
		? from behind
		> stty -tostop; sh -c 'kill -STOP $$; exit 4' & wait $!; echo status $?
		? status 147
		> fg; echo status $?
		? status 4
		> sh -c 'trap "echo caught; exit 5" INT; echo be""gun; while :; do sleep 0.1; done'
		? begun
		^C
		? caught
		> echo status $?
		? status 5
		> sh -c 'trap "echo back" CONT; kill -TSTP $$; echo end'
		? Stopped
		> fg
		? back
		? end
	END
	[ "$1" != bash ] || cat <<-'END'
		> tail -f /dev/null & (until ps -o stat= -p $$ | grep -q '^S'; do :; done; exit 6) & wait -n; echo status $?
		? status 6
		> kill %tail; wait -n; echo status $?
		? status 143
		> bash --norc
		> PS1=; set +o emacs; suspend
		? Stopped
		> fg
		> echo within; exit 8
		? within
		> echo status $?
		? status 8
		> trap 'echo a child' CHLD; (exit 0); :
		? a child
		> trap - CHLD; tail -f /dev/null & disown; kill $!; echo five
		? five
	END
	cat <<-'END'
		> exit 7
		. 7
	END
}

# --- three ways ------------------------------------------------------------------

# log_in WAY CMD...: carol's login so, as login().
log_in() {
	case $1 in
	bare) no_pam_line "$SSHD_SERVICE" ;;
	*) pam_line "$SSHD_SERVICE" ;;
	esac
	case $1 in
	held) hold='segvguard { maxcrashes = 32 }' ;;
	*) hold= ;;
	esac
	policy "policy \"carol\" {
		users = {\"carol\"}
		tpe { roots = {\"/usr\", \"$TRUSTED\"} }
		$hold
	}"
	shift
	login carol "$@"
}

# expect_same NAME: stdout is what it was without a guard.
expect_same() {
	expect_status 0
	cmp -s "$T/$1.bare" "$stdout_file" && { lib_good && return; }
	fail "$1 as without a guard" "$(diff "$T/$1.bare" "$stdout_file" |
	    head -n 20)"
}

# the_same NAME CMD...: NAME's facts, three times.
the_same() {
	name=$1
	shift
	it "$name: without a guard"
	log_in bare "$@"
	expect_status 0
	cp "$stdout_file" "$T/$name.bare"
	for way in let_go held; do
		it "$name: the same in a session that is guarded ($way)"
		log_in $way "$@"
		expect_same "$name"
		expect 'the guard ends with its session' guards_gone
	done
}

install_facts
add_user
write_job
start_sshd

the_same waits "$FACTS/waits"
the_same execs "$FACTS/execs" "$FACTS"
the_same throngs "$FACTS/throngs" /usr/bin/true

for shell in dash bash; do
	command -v $shell >/dev/null || continue
	steps $shell >/home/carol/$shell
	case $shell in bash) words='--norc -i' ;; *) words=-i ;; esac
	the_same "$shell" "$FACTS/typist $shell $words <$shell"
done

it "the lines of what was compared are not nothing"
for name in waits execs throngs; do
	expect "facts of $name" [ "$(wc -l <"$T/$name.bare")" -gt 8 ]
	expect "no fact of $name cut short" [ "$(grep -c '^== ended' \
	    "$T/$name.bare")" = 0 ]
done
expect 'a capability gained' grep -q 'capable of raw, secure 1' \
    "$T/execs.bare"
expect 'a limit reached' grep -q '^24 processes, then Resource' "$T/execs.bare"

done_testing

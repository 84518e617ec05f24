#!/bin/sh
# Sections environment, memory and scripts: what a program finds when it starts.

# shellcheck source=tests/login/lib.sh
. "$(dirname "$0")/lib.sh"

# A policy of everything that runs, and $1.
hardening() {
	policy "policy \"students\" {
		groups = {\"students\"}
		tpe { roots = {\"/usr\", \"$TRUSTED\"} }
		$1
	}"
}

for program in hardened hardened_32 hardened_static; do
	[ ! -x "$B/tests/escape/$program" ] ||
	    install -m 0755 "$B/tests/escape/$program" "$TRUSTED/"
done
plain='secure=0 vdso=shown securebits=0'
start_sshd

hardening ''
it "changes nothing when nothing is said"
login alice "$TRUSTED/hardened"
expect_stdout "$plain"
login alice "$TRUSTED/hardened" wx
expect_status 0

hardening "environment { secure = true  except = {\"$TRUSTED/hardened_static\"} }"
it "sets AT_SECURE for every program"
login alice "$TRUSTED/hardened"
expect_stdout 'secure=1 vdso=shown securebits=0'

it "not for one that except names"
login alice "$TRUSTED/hardened_static"
expect_stdout "$plain"

it "for a 32-bit program"
if [ -x "$TRUSTED/hardened_32" ]; then
	login alice "$TRUSTED/hardened_32"
	expect_stdout_has 'secure=1'
else
	skip 'no 32-bit compiler on this architecture'
fi

it "L2: makes LD_PRELOAD void"
printf 'int x;\n' >"$T/x.c"
cc -shared -fPIC -o "$T/x.so" "$T/x.c" && cp "$T/x.so" /home/alice/x.so
# shellcheck disable=SC2016 # for the shell of the session
login alice 'LD_PRELOAD=/home/alice/x.so /usr/bin/cat /proc/self/maps'
expect_status 0
expect_stdout_has libc.so
expect 'no x.so in its memory' sh -c "! grep -q x.so $stdout_file"

it "with 1 MiB of arguments"
# shellcheck disable=SC2016
login alice 'set -- "$(head -c 100000 /dev/zero | tr "\0" a)"
	'"$TRUSTED"'/hardened "$@" "$@" "$@" "$@" "$@" "$@" "$@" "$@" "$@" "$@"'
expect_stdout 'secure=1 vdso=shown securebits=0'

it "a script and its interpreter alike"
give root "$TRUSTED/script" <<-END
	#!/bin/sh
	exec $TRUSTED/hardened
END
login alice "$TRUSTED/script"
expect_stdout 'secure=1 vdso=shown securebits=0'

hardening 'environment { vdso = hide }'
it "hides the vDSO"
login alice "$TRUSTED/hardened"
expect_stdout 'secure=0 vdso=hidden securebits=0'
login alice "$TRUSTED/hardened_static"
expect_stdout 'secure=0 vdso=hidden securebits=0'

it "and a program tells the time without it"
login alice /usr/bin/date +%Y
expect_status 0

hardening 'environment { secure = true  vdso = hide }  mode = permissive'
it "changes nothing under a permissive policy"
login alice "$TRUSTED/hardened"
expect_stdout "$plain"

hardening 'memory { write_exec = deny }'
it "L5: lets no memory be written and then executed"
login alice "$TRUSTED/hardened" wx
expect_status 1
login alice 'id -un'
expect_stdout alice

hardening 'scripts { restrict = true  interactive = deny }'
it "L6: tells interpreters to ask before they read, with no way back"
login alice "$TRUSTED/hardened"
expect_stdout 'secure=0 vdso=shown securebits=0xf00'

hardening 'scripts { restrict = true }'
it "one of both"
login alice "$TRUSTED/hardened"
expect_stdout 'secure=0 vdso=shown securebits=0x300'

it "for whoever su opens a session inside"
pam_line su
policy "policy \"bobs\" {
	users = {\"bob\"}
	scripts { interactive = deny }
}
policy \"students\" {
	groups = {\"students\"}
	memory { write_exec = deny }
}"
login alice "sudo su bob -c $TRUSTED/hardened"
expect_stdout 'secure=0 vdso=shown securebits=0xc00'
login alice "sudo su bob -c '$TRUSTED/hardened wx'"
expect_status 1

done_testing

#!/bin/sh
# What one guard costs in memory, and what it holds open.

# shellcheck source=tests/login/lib.sh
. "$(dirname "$0")/lib.sh"

policy 'policy "students" {
	groups = {"students"}
	segvguard { }
	exec { allow = {"/usr/**"} }
	tpe { roots = {"/usr"} }
}'
start_sshd

it "guards a session that was used"
open_session alice sh
say 'for i in 1 2 3 4 5 6 7 8 9 10; do id -u; whoami; done >/dev/null'
say 'echo started'
expect 'a shell' heard started
guard=$(guards)
expect 'one guard' test -d "/proc/${guard:-none}"

it "takes at most 1 MiB (PSS)"
case $B in
*-san)
	skip 'a sanitized build is larger'
	;;
*)
	pss=$(awk '/^Pss:/ { print $2 }' "/proc/$guard/smaps_rollup")
	echo "# PSS of the guard: $pss KiB"
	expect "at most 1024 KiB, not $pss" test "$pss" -le 1024
	;;
esac

it "holds no terminal, no socket of sshd and no file of the user"
held=$(find "/proc/$guard/fd" -type l -printf '%l\n' |
    grep -E '^(/home/|/dev/pts/|/dev/ptmx)')
expect "none of: $held" test -z "$held"

# Not every root may: a container's often lacks CAP_SYS_RESOURCE.
it "is as safe from the OOM killer as root may make it"
# shellcheck disable=SC2016 # for that shell to expand
may=$(sh -c 'echo -1000 >/proc/$$/oom_score_adj; cat /proc/$$/oom_score_adj' \
    2>/dev/null)
expect "oom_score_adj $may" test "$(cat "/proc/$guard/oom_score_adj")" = "$may"

it "ends with the session"
close_session
expect_status 0
expect 'no guard' guards_gone

done_testing

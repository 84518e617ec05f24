#!/bin/sh
# Which policy judges whom: by user, by group, by default, and by real uid
# when su or sudo opened a session of its own.

# shellcheck source=tests/login/lib.sh
. "$(dirname "$0")/lib.sh"

# A policy named $1, for whom $2 says, that refuses /usr/bin/$3 alone.
refusing() {
	echo "policy \"$1\" { $2
		exec { default = allow deny = {\"/usr/bin/$3\"} } }"
}

# The two programs that the policies below refuse, tried in turn.
try='id -u >/dev/null; echo id $?; whoami >/dev/null; echo whoami $?'

refused() {
	expect_stdout_has "$1 126"
	expect_stdout_has "$2 0"
	expect_event '.action == "deny" and .path == "/usr/bin/'"$1"'"
		and .policy == "'"$3"'"'
	forget_events
}

pam_line su
pam_line sudo
start_sshd

it "prefers a policy that names the user to one that names his group"
policy "$(refusing group 'groups = {"students"}' id)
$(refusing user 'users = {"alice"}' whoami)"
login alice "$try"
refused whoami id user

it "prefers a policy that names a group to one for everybody"
policy "$(refusing all '' id)
$(refusing group 'groups = {"students"}' whoami)"
login alice "$try"
refused whoami id group

it "applies a policy that names nobody to everybody else"
login bob "$try"
refused id whoami all

it "passes over a policy that excepts the user"
policy "$(refusing group 'groups = {"students"} except_users = {"alice"}' id)
$(refusing all '' whoami)"
login alice "$try"
refused whoami id all

it "passes over a policy that excepts one of his groups"
policy "$(refusing most 'except_groups = {"students"}' id)
$(refusing all '' whoami)"
login alice "$try"
refused whoami id all

it "takes the first of two policies that name the user"
policy "$(refusing one 'users = {"al*"}' id)
$(refusing two 'users = {"alice"}' whoami)"
login alice "$try"
refused id whoami one

it "knows a user by a range of numbers"
policy "$(refusing range 'users = {"61000-61001"}' id)"
login alice "$try"
refused id whoami range

it "guards nobody outside that range"
login bob "$try"
expect_stdout_has 'id 0'
expect_stdout_has 'whoami 0'

it "knows a group by its number"
policy "$(refusing number 'groups = {"61010"}' id)"
login alice "$try"
refused id whoami number

it "never guards root by default"
policy "$(refusing all '' id)"
login root "$try"
expect_stdout_has 'id 0'
expect_stdout_has 'whoami 0'

it "guards root when a policy names him"
policy "$(refusing root 'users = {"root"}' id)"
login root "$try"
refused id whoami root

policy "$(refusing hers 'users = {"alice"}' id)
$(refusing his 'users = {"bob"}' whoami)"

it "lets sudo become root, whom no policy names"
login alice 'sudo id -u; sudo whoami'
expect_status 0
expect_stdout '0
root'

it "judges a user that sudo became by his own policy"
login alice "sudo -u bob sh -c '$try'"
refused whoami id his

it "judges the login user by her own policy after sudo has ended"
login alice "sudo -u bob true; $try"
refused id whoami hers

it "judges a user that su became by his own policy"
login alice "sudo su bob -c '$try'"
refused whoami id his

it "judges a user that su became with his password"
login alice "echo swordfish | su bob -c '$try'"
refused whoami id his

it "opens the inner session with the guard that is there"
login alice "sudo -u bob true"
expect_event '.event == "session" and .state == "nested"'

it "has one guard for a session and those inside it"
open_session alice "sudo -u bob sh"
say 'echo started'
expect 'an inner shell' heard started
expect 'one guard' test "$(guards | wc -l)" = 1
close_session
expect 'no guard' guards_gone

it "judges a user without a session of his own by the login user's policy"
no_pam_line sudo
login alice "sudo -u bob sh -c '$try'"
refused id whoami hers
pam_line sudo

# A look-up that fails is not the answer "in no group".
policy "$(refusing hers 'groups = {"students"}' id)"
before=$(sed -n 's/^students://p' /etc/group)
sed -i '/^students:/d' /etc/group
{
	printf 'students:%s' "$before"
	seq -f ',member%.0f' 50000 | tr -d '\n'
	echo
} >>/etc/group

it "finds a user in a group of 50,000"
login alice "$try"
refused id whoami hers

it "and when su inherits a user's limit on memory or on files"
policy "$(refusing his 'groups = {"students"}' whoami)
$(refusing hers 'users = {"alice"}' id)"
sed -i 's/^students:\(.*\):alice/students:\1:bob/' /etc/group
for limit in '-Sv 12000' '-Sv 16000' '-Sv 24000' '-Sn 12'; do
	login alice "ulimit $limit; echo swordfish | su bob -c '$try'"
	expect 'no run of the refused' sh -c "! grep -qx 'whoami 0' $stdout_file"
done

it "takes a user in 1,000 groups"
seq 70001 71000 | sed 's/.*/g&:x:&:alice/' >>/etc/group
login alice "$try"
refused id whoami hers

done_testing

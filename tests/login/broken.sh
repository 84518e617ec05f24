#!/bin/sh
# Whatever is broken refuses the user and says why; root is never locked out.

# shellcheck source=tests/login/lib.sh
. "$(dirname "$0")/lib.sh"

good='policy "students" { groups = {"students"} tpe { roots = {"/usr"} } }'

# The PAM line with another guardd.
guarded_by() {
	no_pam_line execguard-sshd
	echo "session required $MODULE guardd=$1 ${2-}" \
	    >>/etc/pam.d/execguard-sshd
}

start_sshd

it "refuses the user when the policy has an unknown keyword"
policy 'policy "students" {
	nonsense = 1
}'
login alice touch /home/alice/ran
expect_shut_out '/etc/execguard.d/test.conf:3'
expect_stdout_has nonsense

it "lets root in with a broken policy"
login root id -un
expect_status 0
expect_stdout root

it "says so loudly on his terminal"
open_session root -tt
expect 'the sentence' heard 'NOT guarded'
expect 'the line' heard '/etc/execguard.d/test.conf:3'
say 'exec true'
close_session

it "refuses a user whom the broken policy would not name"
login bob touch /home/bob/ran
expect_status 254
expect_missing /home/bob/ran

it "lets the user in unguarded with onerr=succeed"
pam_line execguard-sshd onerr=succeed
login alice touch /home/alice/ran
expect_status 0
expect_exists /home/alice/ran
rm -f /home/alice/ran
pam_line execguard-sshd

it "guards as soon as the policy is mended"
policy "$good"
copy alice /usr/bin/touch /home/alice/touch
login alice /home/alice/touch /home/alice/ran
expect_status 126
expect_missing /home/alice/ran

it "refuses the user when the folder is missing"
pam_line execguard-sshd conf=/etc/execguard.none
login alice touch /home/alice/ran
expect_shut_out /etc/execguard.none

it "lets root in when the folder is missing"
login root id -un
expect_status 0
expect_stdout root

it "refuses the user when the folder is none"
pam_line execguard-sshd conf=/dev/null
login alice touch /home/alice/ran
expect_shut_out /dev/null

it "refuses the user when guardd is missing"
guarded_by /usr/libexec/execguard/none
login alice touch /home/alice/ran
expect_shut_out /usr/libexec/execguard/none

it "lets root in when guardd is missing"
login root id -un
expect_status 0
expect_stdout root

it "refuses the user when somebody else could have written guardd"
cp "$GUARDD" "$TRUSTED/guardd"
chmod 0775 "$TRUSTED/guardd"
guarded_by "$TRUSTED/guardd"
login alice touch /home/alice/ran
expect_shut_out "$TRUSTED/guardd"

# guardd is started with "-f 3 -c CONF": of uniq that makes a program that
# reads CONF, a FIFO here, and never says a word.
it "refuses the user when guardd does not answer, within 10 s"
mkfifo "$TRUSTED/gate"
cp -L /usr/bin/uniq "$TRUSTED/mute"
guarded_by "$TRUSTED/mute" "conf=$TRUSTED/gate"
began=$(date +%s)
login alice touch /home/alice/ran
expect_shut_out 'did not answer'
expect 'at most 10 s' test $(($(date +%s) - began)) -le 10

it "refuses the user when guardd ends without a word"
cp -L /usr/bin/true "$TRUSTED/curt"
guarded_by "$TRUSTED/curt"
login alice touch /home/alice/ran
expect_shut_out ended

it "refuses the user when the PAM line has an unknown option"
pam_line execguard-sshd colour=blue
login alice touch /home/alice/ran
expect_status 254
expect_missing /home/alice/ran

it "guards nobody where the folder is empty"
pam_line execguard-sshd
rm /etc/execguard.d/test.conf
login alice touch /home/alice/ran
expect_status 0
expect_exists /home/alice/ran
rm -f /home/alice/ran

it "keeps the policy of a session that is open when the file breaks"
policy "$good"
open_session alice sh
say 'echo started'
expect 'a shell' heard started
policy 'nonsense'
say '/home/alice/touch /home/alice/ran; echo status $?'
expect 'a refusal' heard 'status 126'
expect_missing /home/alice/ran
close_session

it "leaves no guard behind"
expect 'no guard' guards_gone

done_testing

#!/bin/sh
# scp and sftp through a guarded session.

# shellcheck source=tests/login/lib.sh
. "$(dirname "$0")/lib.sh"

policy 'policy "students" {
	groups = {"students"}
	tpe { roots = {"/usr"} }
}'
start_sshd

it "takes a file by sftp"
echo "put /usr/bin/touch /home/alice/touch" >"$T/batch"
run sftp -F "$T/ssh_config" -P "$sshd_port" -b "$T/batch" alice@127.0.0.1
expect_status 0
expect 'the same bytes' cmp /usr/bin/touch /home/alice/touch

it "takes a file by scp"
run scp -F "$T/ssh_config" -p -P "$sshd_port" /usr/bin/id alice@127.0.0.1:id
expect_status 0
expect 'the same bytes' cmp /usr/bin/id /home/alice/id

it "gives a file by scp's own protocol"
run scp -F "$T/ssh_config" -O -P "$sshd_port" alice@127.0.0.1:id "$T/back"
expect_status 0
expect 'the same bytes' cmp /usr/bin/id "$T/back"

it "does not run what was brought"
login alice ./id
expect_status 126
expect_event '.action == "deny" and .path == "/home/alice/id"'

it "runs no transfer whose server the policy refuses"
policy 'policy "students" {
	groups = {"students"}
	exec { default = allow deny = {"'"$(sftp_server)"'"} }
}'
run scp -F "$T/ssh_config" -P "$sshd_port" /usr/bin/id alice@127.0.0.1:second
expect 'a failure' test "$status" != 0
expect_missing /home/alice/second

it "leaves no guard behind"
expect 'no guard' guards_gone

done_testing

#!/bin/sh
# T6: a policy that somebody else could have written, or could stall the
# guard with, lets nobody in but root.

# shellcheck source=tests/login/lib.sh
. "$(dirname "$0")/lib.sh"

good='policy "students" { groups = {"students"} tpe { roots = {"/usr"} } }'
file=/etc/execguard.d/test.conf

# alice is refused before anything of hers ran and told $1, and root gets in.
expect_only_root() {
	began=$(date +%s)
	login alice touch /home/alice/ran
	expect_shut_out "$1"
	login root id -un
	expect_status 0
	expect_stdout root
	expect 'less than 10 s' test $(($(date +%s) - began)) -lt 10
	rm -rf "$file"
}

start_sshd

it "lets the user in with a policy that only root can have written"
policy "$good"
login alice id -un
expect_status 0
expect_stdout alice

it "refuses a policy that does not belong to root"
policy "$good"
chown alice "$file"
expect_only_root "$file"

it "refuses a policy that its group may write"
policy "$good"
chmod 0664 "$file"
expect_only_root "$file"

it "refuses a policy that everybody may write"
policy "$good"
chmod 0646 "$file"
expect_only_root "$file"

it "refuses a policy that an ACL lets somebody write"
policy "$good"
cp "$file" "$TRUSTED/acl.conf"
if setfacl -m u:alice:rw "$TRUSTED/acl.conf" 2>/dev/null; then
	pam_line execguard-sshd "conf=$TRUSTED/acl.conf"
	expect_only_root "$TRUSTED/acl.conf"
	pam_line execguard-sshd
else
	skip "no ACL on the file system of $TRUSTED"
fi

it "refuses a policy that is a symbolic link"
policy "$good"
mv "$file" /etc/execguard.d/elsewhere
ln -s elsewhere "$file"
expect_only_root "$file"

it "refuses a policy that is a FIFO, without waiting for a writer"
rm -f "$file"
mkfifo -m 0644 "$file"
expect_only_root "$file"

it "refuses a policy that is a folder"
mkdir "$file"
expect_only_root "$file"

it "refuses a value that names a variable, with the line"
# shellcheck disable=SC2016 # the guard must not expand it either
policy 'policy "students" {
	groups = {"${HOME}"}
}'
expect_only_root "$file:3"

it "refuses 10 MB of policy"
policy "$good"
yes '# nothing, and much of it' | head -c 10485760 >>"$file"
expect_only_root "$file"

it "refuses a policy that the second of two files spoils"
policy "$good"
echo 'nonsense = 1' >/etc/execguard.d/zz.conf
login alice touch /home/alice/ran
expect_shut_out '/etc/execguard.d/zz.conf:1'
rm /etc/execguard.d/zz.conf

it "refuses the same policy name in two files"
policy "$good"
printf '%s\n' "$good" >/etc/execguard.d/zz.conf
login alice touch /home/alice/ran
expect_shut_out '/etc/execguard.d/zz.conf:1'
rm /etc/execguard.d/zz.conf

it "passes over files of another name"
policy "$good"
echo 'nonsense = 1' >/etc/execguard.d/test.conf.dpkg-old
echo 'nonsense = 1' >/etc/execguard.d/.test.conf.swp
login alice id -un
expect_status 0
expect_stdout alice
rm /etc/execguard.d/test.conf.dpkg-old /etc/execguard.d/.test.conf.swp

it "refuses a folder that somebody else may write"
policy "$good"
chmod 0775 /etc/execguard.d
expect_only_root /etc/execguard.d
chmod 0755 /etc/execguard.d

it "refuses a folder that does not belong to root"
policy "$good"
chown alice /etc/execguard.d
expect_only_root /etc/execguard.d
chown root /etc/execguard.d

done_testing

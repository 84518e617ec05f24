#!/bin/sh
# Keywords in pairs: what each lets run, and what it has refused, with the
# check and the reason in the event.

# shellcheck source=tests/login/lib.sh
. "$(dirname "$0")/lib.sh"

RAN=/home/alice/ran
RAM=${EVENTS%/*} # a tmpfs of ours that only root can write
SHELL_FILE=$(readlink -f /bin/sh)

students() {
	policy 'policy "students" {
		groups = {"students"}
		'"$1"'
	}'
}

# Trusted is what the system has, and what the text says.
tpe() {
	students 'tpe { roots = {"/usr", "/bin", "/lib", "'"$TRUSTED"'"
		'"${2:-}"'}
		'"$1"' }'
}

# The checks are the same however a session is opened, and this is soon done.
try() {
	rm -f "$RAN"
	forget_events
	guarded alice sh -c "$1 $RAN; echo status \$?"
}

# alice's session runs FILE, which leaves a mark, and nothing is said of it.
runs() {
	try "$1"
	expect_stdout 'status 0'
	expect_exists "$RAN"
	expect_no_event '.event == "exec"'
}

# It runs FILE, and yet the event says ACTION, CHECK and REASON.
warns() {
	try "$1"
	expect_stdout 'status 0'
	expect_exists "$RAN"
	expect_only_event "$1" warn "$2" "$3"
}

# It does not run FILE: STATUS, and the event says ACTION, CHECK and REASON.
refuses() {
	try "$1"
	expect_stdout "status ${4:-126}"
	expect_missing "$RAN"
	expect_only_event "$1" "${5:-deny}" "$2" "$3"
}

expect_only_event() {
	expect_events 1 '.event == "exec" and .path == "'"$1"'"
		and .action == "'"$2"'" and .check == "'"$3"'"
		and .reason == "'"$4"'" and .user == "alice"
		and .policy == "students"'
	expect_events 1 '.event == "exec"'
}

for name in one two; do
	cp /usr/bin/touch "$TRUSTED/$name"
	copy alice /usr/bin/touch "/home/alice/$name"
done
one=$TRUSTED/one two=$TRUSTED/two

# --- segvguard --------------------------------------------------------------

victim=$TRUSTED/victim
cp /bin/sh "$victim"
# A script for the victim that touches what it is given.
give root "$TRUSTED/mark" <<-'END'
	touch "$1"
END

# crashed N: the victim crashes N times, then it is to leave a mark.
crashed() {
	rm -f "$RAN"
	forget_events
	guarded alice sh -c "for i in $(seq -s ' ' "$1"); do
			$victim -c 'kill -SEGV \$\$'
		done 2>/dev/null
		$victim $TRUSTED/mark $RAN; echo status \$?"
	expect_events "$1" '.event == "crash" and .path == "'"$victim"'"'
}

expect_suspended() {
	expect_events 1 '.event == "exec" and .path == "'"$victim"'"
		and .action == "'"$1"'" and .check == "segvguard"
		and .reason == "suspended"'
}

it "segvguard.action: runs what has crashed less often than maxcrashes"
students 'segvguard { maxcrashes = 2 action = kill }'
crashed 1
expect_stdout_has 'status 0'
expect_exists "$RAN"
expect_no_event '.event == "exec"'

it "segvguard.action: ends with SIGKILL who asks for what is suspended"
crashed 2
expect_stdout_has 'status 137'
expect_missing "$RAN"
expect_suspended kill

it "segvguard.action: ends him with SIGABRT by abort"
students 'segvguard { maxcrashes = 2 action = abort }'
crashed 2
expect_stdout_has 'status 134'
expect_missing "$RAN"
expect_suspended abort

it "segvguard.action: runs it all the same by warn, and says so"
students 'segvguard { maxcrashes = 2 action = warn }'
crashed 2
expect_stdout_has 'status 0'
expect_exists "$RAN"
expect_suspended warn

# --- exec -------------------------------------------------------------------

# denies WORD...: a deny-list of one program, and these words.
denies() {
	students 'exec { default = allow deny = {"'"$one"'"} '"$*"' }'
}

it "exec.action: runs what is not denied"
denies action = kill
runs "$two"

it "exec.action: ends with SIGKILL who asks for what is"
refuses "$one" exec denied-path 137 kill

it "exec.action: ends him with SIGABRT by abort"
denies action = abort
refuses "$one" exec denied-path 134 abort

it "exec.action: runs it all the same by warn, and says so"
denies action = warn
warns "$one" exec denied-path

it "exec.allow: runs what is allowed by name"
students 'exec { allow = {"'"$SHELL_FILE"'", "'"$one"'"} }'
runs "$one"

it "exec.allow: refuses everything else"
refuses "$two" exec not-allowed

it "exec.allow: refuses everything else with default = deny"
students 'exec { allow = {"'"$SHELL_FILE"'", "'"$one"'"} default = deny }'
runs "$one"
refuses "$two" exec not-allowed

it "exec.allow: runs what a pattern allows"
students 'exec { allow = {"'"$SHELL_FILE"'", "'"$TRUSTED"'/t[a-z]?"} }'
runs "$two"

it "exec.allow: refuses what the pattern does not match"
refuses "$one" exec not-allowed

it "exec.allow: runs what lies below a folder"
students 'exec { allow = {"'"$SHELL_FILE"'", "/home/**"} }'
runs /home/alice/one

it "exec.allow: refuses what lies elsewhere"
refuses "$two" exec not-allowed

give root "$TRUSTED/script" <<-END
	#!/bin/sh
	exec $one "\$1"
END
ln -s script "$TRUSTED/script-too"

it "exec.allow: runs a script by its own path"
students 'exec { allow = {"'"$TRUSTED"'/script", "'"$one"'"} }'
rm -f "$RAN"
guarded alice "$TRUSTED/script" "$RAN"
expect_status 0
expect_exists "$RAN"

it "exec.allow: refuses it by another name, unless its interpreter is allowed"
rm -f "$RAN"
forget_events
guarded alice "$TRUSTED/script-too" "$RAN"
expect_status 126
expect_missing "$RAN"
expect_only_event "$TRUSTED/script" deny exec script-detour
students 'exec { allow = {"'"$TRUSTED"'/script", "'"$one"'",
	"'"$SHELL_FILE"'"} }'
runs "$TRUSTED/script-too"

it "exec.allow: refuses a session whose shell is not allowed"
students 'exec { allow = {"'"$one"'"} }'
forget_events
rm -f "$RAN"
guarded alice sh -c "$one $RAN"
expect_status 126
expect_missing "$RAN"
expect_event '.check == "exec" and .reason == "not-allowed"
	and .action == "deny" and .path == "'"$SHELL_FILE"'"'

it "exec.deny: beats allow"
students 'exec { allow = {"'"$SHELL_FILE"'", "'"$TRUSTED"'/*"}
	deny = {"'"$one"'"} }'
runs "$two"
refuses "$one" exec denied-path

it "exec.default: runs by allow what is in neither list"
students 'exec { default = allow deny = {"'"$one"'"} }'
runs "$two"

it "exec.default: refuses what is in deny"
refuses "$one" exec denied-path

it "exec.except: runs what is excepted from deny"
students 'exec { default = allow deny = {"'"$TRUSTED"'/**"}
	except = {"'"$TRUSTED"'/o*"} }'
runs "$one"

it "exec.except: refuses what is not"
refuses "$two" exec denied-path

it "exec.except: runs what is excepted from default = deny"
students 'exec { allow = {"'"$SHELL_FILE"'"} except = {"'"$one"'"} }'
runs "$one"

it "exec.except: refuses what is in neither list"
refuses "$two" exec not-allowed

# --- tpe --------------------------------------------------------------------

cp /usr/bin/touch "$TRUSTED/bobs"
chown bob "$TRUSTED/bobs"
cp /usr/bin/touch "$TRUSTED/alices"
chown alice "$TRUSTED/alices"

it "tpe.owners: is root by default"
tpe ''
runs "$one"

it "tpe.owners: refuses by default what belongs to a user"
refuses "$TRUSTED/bobs" tpe owner

it "tpe.owners: runs what belongs to one of them"
tpe 'owners = {"root", "bob"}'
runs "$TRUSTED/bobs"

it "tpe.owners: refuses what belongs to somebody else"
refuses "$TRUSTED/alices" tpe owner

it "tpe.owners: knows them by number"
tpe 'owners = {"0", "61002"}'
runs "$TRUSTED/bobs"
refuses "$TRUSTED/alices" tpe owner

it "tpe.owners: is about every folder above as well"
mkdir -m 0755 "$TRUSTED/of-bob" "$TRUSTED/of-alice"
cp /usr/bin/touch "$TRUSTED/of-bob/tool"
cp /usr/bin/touch "$TRUSTED/of-alice/tool"
chown bob "$TRUSTED/of-bob"
chown alice "$TRUSTED/of-alice"
tpe 'owners = {"root", "bob"}'
runs "$TRUSTED/of-bob/tool"
refuses "$TRUSTED/of-alice/tool" tpe owner
expect_event '.node == "'"$TRUSTED"'/of-alice"'

it "tpe.owners: replaces root, whose programs are refused then"
tpe 'owners = {"bob"} action = warn'
try "$one"
expect_stdout 'status 0'
expect_event '.path == "'"$one"'" and .action == "warn"
	and .check == "tpe" and .reason == "owner" and .node == "/"'

# The group of a file is what may write it.
for group in students bob; do
	cp /usr/bin/touch "$TRUSTED/group-$group"
	chgrp $group "$TRUSTED/group-$group"
	chmod 0775 "$TRUSTED/group-$group"
done

it "tpe.writers: is nobody by default"
tpe ''
refuses "$TRUSTED/group-students" tpe writable

it "tpe.writers: runs what one of these groups may write"
tpe 'writers = {"students"}'
runs "$TRUSTED/group-students"

it "tpe.writers: refuses what another group may write"
refuses "$TRUSTED/group-bob" tpe writable

it "tpe.writers: knows them by number"
tpe 'writers = {"61010"}'
runs "$TRUSTED/group-students"
refuses "$TRUSTED/group-bob" tpe writable

it "tpe.writers: is about every folder above as well"
mkdir -m 0755 "$TRUSTED/by-students" "$TRUSTED/by-bob"
for group in students bob; do
	cp /usr/bin/touch "$TRUSTED/by-$group/tool"
	chgrp $group "$TRUSTED/by-$group"
	chmod 0775 "$TRUSTED/by-$group"
done
tpe 'writers = {"students"}'
runs "$TRUSTED/by-students/tool"
refuses "$TRUSTED/by-bob/tool" tpe writable

it "tpe.writers: makes no difference to what everybody may write"
cp /usr/bin/touch "$TRUSTED/by-all"
chgrp students "$TRUSTED/by-all"
chmod 0777 "$TRUSTED/by-all"
refuses "$TRUSTED/by-all" tpe writable

it "tpe.writers: is about groups in an access control list"
cp /usr/bin/touch "$TRUSTED/acl"
if setfacl -m g:students:rwx "$TRUSTED/acl" 2>/dev/null; then
	runs "$TRUSTED/acl"
	setfacl -m g:bob:rwx "$TRUSTED/acl"
	refuses "$TRUSTED/acl" tpe acl
else
	skip "no ACL on the file system of $TRUSTED"
fi

# What stat(1) calls the file system of $1, in our words.
type_of() {
	case $(stat -f -c %T "$1") in
	ext2/ext3) echo ext4 ;;
	overlayfs) echo overlay ;;
	*) stat -f -c %T "$1" ;;
	esac
}

cp /usr/bin/touch "$RAM/tool"
types='"'$(type_of /usr)'", "'$(type_of "$TRUSTED")'"'

# Where all is in memory nothing can be told apart.
on_disk() {
	case $types in *tmpfs*)
		skip 'the system itself is on tmpfs'
		return 1
		;;
	esac
}

it "tpe.filesystems: is that of a root by default"
tpe '' ', "'"$RAM"'"'
runs "$RAM/tool"

it "tpe.filesystems: is no other one below a root by default"
if on_disk; then
	tpe '' ', "/"'
	runs "$one"
	refuses "$RAM/tool" tpe filesystem
fi

it "tpe.filesystems: runs what is on one of these types"
tpe "filesystems = {$types, \"tmpfs\"}" ', "'"$RAM"'"'
runs "$RAM/tool"

it "tpe.filesystems: refuses what is on another, though below a root"
if on_disk; then
	tpe "filesystems = {$types}" ', "'"$RAM"'"'
	runs "$one"
	refuses "$RAM/tool" tpe filesystem
fi

it "tpe.except: runs the path that it names"
tpe 'except = {"/home/alice/one"}'
runs /home/alice/one

it "tpe.except: refuses every other one"
refuses /home/alice/two tpe outside-roots

it "tpe.except: runs what a pattern of it matches"
tpe 'except = {"/home/*/t*"}'
runs /home/alice/two

it "tpe.except: refuses what it does not match"
refuses /home/alice/one tpe outside-roots

it "tpe.except: is the file and not its name"
ln -s /home/alice/two /home/alice/one-too
tpe 'except = {"/home/alice/one*"}'
try /home/alice/one-too
expect_stdout 'status 126'
expect_missing "$RAN"
expect_only_event /home/alice/two deny tpe outside-roots

it "tpe.except: does not except the interpreter of a script"
give alice /home/alice/script <<-'END'
	#!/home/alice/two
END
tpe 'except = {"/home/alice/script"}'
try /home/alice/script
expect_stdout 'status 126'
expect_missing "$RAN"
expect_only_event /home/alice/two deny tpe outside-roots

it "tpe.except: runs a script that it excepts with its interpreter"
tpe 'except = {"/home/alice/script", "/home/alice/two"}'
runs /home/alice/script

# --- whom a policy is for ---------------------------------------------------

# Logs USER in, who is to leave a mark.
tries() {
	rm -f "/home/$1/ran"
	forget_events
	login "$1" "$one /home/$1/ran; echo status \$?"
}

catches() {
	tries "$1"
	expect_stdout 'status 126'
	expect_missing "/home/$1/ran"
	expect_events 1 '.event == "exec" and .action == "deny"
		and .check == "exec" and .reason == "denied-path"
		and .user == "'"$1"'" and .policy == "chosen"'
}

spares() {
	tries "$1"
	expect_stdout 'status 0'
	expect_exists "/home/$1/ran"
	expect_no_event '.event == "exec"'
}

# A policy, which refuses one program, for whom WORDS say.
for_whom() {
	policy 'policy "chosen" {
		'"$1"'
		exec { default = allow deny = {"'"$one"'"} }
	}'
}

start_sshd

while read -r words; do
	it "$words: is for alice and not for bob"
	for_whom "$words"
	catches alice
	spares bob
done <<-'END'
	users = {"61001-61001"}
	users = {"60000-61001", "61003-70000"}
	users = {"a?i*"}
	users = {"[a-b]lice"}
	users = {"[!b]*"}
	users = {"*"} except_users = {"61002-61009"}
	groups = {"stud*"}
	groups = {"alice"}
END

while read -r words; do
	it "$words: is for bob and not for alice"
	for_whom "$words"
	catches bob
	spares alice
done <<-'END'
	except_groups = {"students"}
	except_groups = {"st?dent*"}
	except_groups = {"61005-61999"}
	except_groups = {"alice"}
	users = {"*"} except_groups = {"nosuchgroup", "students"}
	except_users = {"61000-61001"}
END

it "leaves no guard behind"
expect 'no guard' guards_gone

done_testing

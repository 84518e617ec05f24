#!/bin/sh
# What the tree does to a machine: make install and uninstall, ./bootstrap,
# and a demo that somebody interrupts.
#
# All of it with a copy of the tree, below $T.

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

TREE=$T/tree
DEST=$T/dest

mkdir "$TREE"
tar -C "$(dirname "$0")/../.." --exclude=./build --exclude=./.git -cf - . |
    tar -C "$TREE" -xf - || exit 1
chmod -R a+rX "$TREE"

# What was built, to be built upon: the real one stays as it is.
cp -a "$B" "$T/built" && chmod -R a+rX "$T/built" || exit 1
B=$T/built

# The places are those of the manual, whatever make was told for this run.
clean_env() {
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL -u PREFIX -u SBINDIR \
	    -u LIBEXECDIR -u SYSCONFDIR -u MANDIR -u DOCDIR -u PAMDIR \
	    -u SYSUSERSDIR \
	    LC_ALL=C "$@"
}

tree_make() {
	lib_command="make $*"
	status=0
	clean_env timeout -k 5 120 make -s -j 2 -C "$TREE" B="$B" "$@" \
	    >"$stdout_file" 2>"$stderr_file" </dev/null || status=$?
}

# --- make install -----------------------------------------------------------

pages=$(cd "$TREE/docs/man" && echo *.[1-8])
expected_files() {
	echo /usr/libexec/execguard/guardd
	echo /usr/libexec/execguard/inspector
	echo /usr/sbin/execguardctl
	echo /usr/lib/sysusers.d/execguard.conf
	for page in $pages; do
		echo "/usr/share/man/man${page##*.}/$page"
	done
	for name in README.md SECURITY.md LICENSE; do
		echo "/usr/share/doc/execguard/$name"
	done
	echo /usr/share/bash-completion/completions/execguardctl
	echo /usr/share/fish/vendor_completions.d/execguardctl.fish
	echo /usr/share/zsh/FOLDER/_execguardctl
	(cd "$TREE/conf" && find . -type f ! -path './completion/*' |
	    sed 's|^\.|/usr/share/doc/execguard/examples|')
}

# All that is below $DEST but folders.
files_in_dest() {
	find "$DEST" ! -type d | sed "s|^$DEST||" | sort
}

# The same but the module, whose place is the machine's own, as is zsh's folder.
files_but_the_module() {
	files_in_dest | grep -v '/pam_execguard\.so$' |
	    sed 's|/zsh/[^/]*/|/zsh/FOLDER/|' | sort
}

has_expected_files() {
	expected_files | sort >"$T/expected"
	files_but_the_module | diff "$T/expected" - >&2
}

module_in_dest() {
	find "$DEST" -name pam_execguard.so
}

modes_are() {
	[ -z "$(find "$DEST" "$@")" ]
}

it "installs every file in its place"
tree_make install DESTDIR="$DEST"
expect_status 0
expect "$(expected_files | wc -l) files, as expected" has_expected_files

it "installs the module where the other modules are"
module=$(module_in_dest)
expect 'one module' test -f "$module"
folder=${module%/*}
# The first bytes of an ELF file say for which machine it is.
expect "one of PAM's beside it, for the same machine" \
    cmp -s -n 20 "$module" "${folder#"$DEST"}/pam_unix.so"

# But what is there, or comes, while it runs.
it "installs what the manual names, where it does"
named=$(sed -n '/^\.Sh FILES/,/^\.Sh EXIT/s/^\.It Pa \([^ ]*\).*/\1/p' \
    "$TREE"/docs/man/*.8 | sed 's|/\*\.conf$||' | sort -u |
    grep -vE '^/(dev|run|var)/')
expect 'names' test -n "$named"
for name in $named; do
	expect_exists "$DEST$name"
done

it "installs nothing that others may write, and no set-id program"
expect 'modes 0755 and 0644 only' modes_are \
    ! -perm 0755 ! -perm 0644
for program in sbin/execguardctl libexec/execguard/guardd \
    libexec/execguard/inspector; do
	expect 'a program' test -x "$DEST/usr/$program"
done

it "installs no policy"
expect 'an empty folder' \
    test -z "$(find "$DEST/etc/execguard.d" -mindepth 1)"

it "installs programs that work"
policy 'policy "students" { groups = {"students"} tpe { roots = {"/usr"} } }'
copy alice /usr/bin/touch /home/alice/touch
run "$DEST/usr/sbin/execguardctl" run -u alice \
    -g "$DEST/usr/libexec/execguard/guardd" -- id -un
expect_status 0
expect_stdout alice
run "$DEST/usr/sbin/execguardctl" run -u alice \
    -g "$DEST/usr/libexec/execguard/guardd" -- /home/alice/touch \
    /home/alice/ran
expect_status 126
expect_missing /home/alice/ran
expect_event '.action == "deny" and .path == "/home/alice/touch"'

it "installs the same a second time, over the first"
tree_make install DESTDIR="$DEST"
expect_status 0
expect 'the same files' has_expected_files

it "keeps modes when nobody else was to read"
rm -rf "$DEST"
umask 077
tree_make install DESTDIR="$DEST"
umask 022
expect_status 0
expect 'modes 0755 and 0644 only' modes_are \
    ! -perm 0755 ! -perm 0644
expect 'the same files' has_expected_files

# --- make uninstall ---------------------------------------------------------

it "leaves nothing behind when it uninstalls"
tree_make uninstall DESTDIR="$DEST"
expect_status 0
expect 'no file' test -z "$(files_in_dest)"
expect 'no folder of ours' test -z "$(find "$DEST" -name '*execguard*')"

it "uninstalls what is not there without an error"
tree_make uninstall DESTDIR="$DEST"
expect_status 0

it "keeps what the administrator wrote when it uninstalls"
tree_make install DESTDIR="$DEST"
echo 'policy "mine" { tpe { own = true } }' >"$DEST/etc/execguard.d/mine.conf"
tree_make uninstall DESTDIR="$DEST"
expect_status 0
expect 'this file and no other' \
    test "$(files_in_dest)" = /etc/execguard.d/mine.conf

it "installs below another prefix, and uninstalls from there"
rm -rf "$DEST"
tree_make install DESTDIR="$DEST" PREFIX=/opt/guard SYSCONFDIR=/opt/etc \
    PAMDIR=/opt/pam
expect_status 0
expect_exists "$DEST/opt/guard/libexec/execguard/guardd"
expect_exists "$DEST/opt/guard/sbin/execguardctl"
expect_exists "$DEST/opt/pam/pam_execguard.so"
expect_exists "$DEST/opt/etc/execguard.d"
expect 'a module that starts that guard' grep -qF \
    /opt/guard/libexec/execguard/guardd "$DEST/opt/pam/pam_execguard.so"
expect 'nothing elsewhere' test "$(cd "$DEST" && echo *)" = opt
tree_make uninstall DESTDIR="$DEST" PREFIX=/opt/guard SYSCONFDIR=/opt/etc \
    PAMDIR=/opt/pam
expect_status 0
expect 'no file' test -z "$(files_in_dest)"
expect 'no folder of ours' test -z "$(find "$DEST" -name '*execguard*')"

# --- bootstrap --------------------------------------------------------------

# A machine of words: what is installed is a line of $T/installed, what the
# package manager was asked for a line of $T/asked, what make was told one of
# $T/made.
FAKE=$T/fake
mkdir "$FAKE"
give root "$FAKE/dpkg" <<-'END'
	#!/bin/sh
	echo amd64
END
give root "$FAKE/dpkg-query" <<-'END'
	#!/bin/sh
	for package; do :; done
	grep -qxF "$package" "$T/installed" && echo 'install ok installed'
END
give root "$FAKE/apt-cache" <<-'END'
	#!/bin/sh
	echo '  Candidate: 1'
END
give root "$FAKE/apt-get" <<-'END'
	#!/bin/sh
	echo "apt-get $*" >>"$T/asked"
	[ ! -e "$T/offline" ] || exit 100
	verb=''
	for word; do
		case $word in
		-*) ;;
		*) [ -z "$verb" ] || [ -e "$T/useless" ] ||
		    echo "$word" >>"$T/installed"
			verb=$word ;;
		esac
	done
END
give root "$FAKE/make" <<-END
	#!/bin/sh
	echo "\$*" >>"$T/made"
	exec $(command -v make) "\$@"
END
# Whatever the real one is called, it is not to be asked.
mkdir "$T/deaf"
give root "$T/deaf/apt-get" <<-'END'
	#!/bin/sh
	echo "$0 $*" >>"$T/asked"
	exit 1
END
if ! command -v apt-get >/dev/null; then
	mv "$T/deaf/apt-get" "$T/deaf/dnf"
fi

# bootstrap FOLDER WORD...: with its programs before all others, and without
# a network.  The word -n has make say what it would do.
bootstrap() {
	lib_command="bootstrap $*"
	bootstrap_path=$1:$PATH
	shift
	status=0
	clean_env PATH="$bootstrap_path" timeout -k 5 30 \
	    unshare -n sh "$TREE/bootstrap" "$@" B="$B" \
	    >"$stdout_file" 2>"$stderr_file" </dev/null || status=$?
}

alice_bootstraps() {
	run setpriv --reuid alice --regid alice --init-groups -- \
	    env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL PATH="$FAKE:$PATH" \
	    "$TREE/bootstrap" "$@" B="$B"
}

# Every file of the tree: name, time and size.
picture() {
	find "$TREE" -printf '%p %T@ %s\n' | sort
}

expect_not_asked() {
	expect 'no package manager' test ! -s "$T/asked"
}

expect_no_make() {
	expect 'no make' test ! -s "$T/made"
}

expect_make() {
	expect "make $*" test "$(cat "$T/made")" = "$* B=$B"
}

forget_calls() {
	: >"$T/asked"
	: >"$T/made"
}

# Whoever runs them, they write.
for file in installed asked made; do
	: >"$T/$file"
	chmod 0666 "$T/$file"
done

it "bootstrap: installs what is missing, and says so first"
forget_calls
bootstrap "$FAKE" -n all
expect_status 0
expect_stdout_has 'bootstrap: installing: gcc make '
expect 'one update and one install' \
    test "$(grep -c . "$T/asked")" = 2
expect_make -n all
expect 'the build' grep -qx libconfuse-dev "$T/installed"
expect 'nothing of the tests' sh -c '! grep -qx openssh-server "$1"' sh \
    "$T/installed"

it "bootstrap: does nothing the second time"
forget_calls
picture >"$T/before"
bootstrap "$FAKE" -n all
expect_status 0
expect_make -n all
expect_not_asked
expect 'no word of its own' sh -c '! grep -q bootstrap: "$1" "$2"' sh \
    "$stdout_file" "$stderr_file"
picture >"$T/after"
expect 'the same files' cmp -s "$T/before" "$T/after"

it "bootstrap: installs for other words what they need, once"
forget_calls
bootstrap "$FAKE" -n all demo
expect_status 0
expect 'what the tests need' grep -qx openssh-server "$T/installed"
expect 'nothing that was there' sh -c '! grep -q " gcc " "$1"' sh "$T/asked"
forget_calls
bootstrap "$FAKE" -n all demo
expect_status 0
expect_not_asked

it "bootstrap: needs no root when nothing is missing"
forget_calls
alice_bootstraps -n all
expect_status 0
expect_make -n all
expect_not_asked

it "bootstrap: asks for root when something is missing, and runs nothing"
grep -vx jq "$T/installed" >"$T/fewer"
cp "$T/fewer" "$T/installed"
forget_calls
alice_bootstraps -n demo
expect_status 1
expect_stderr 'bootstrap: missing: jq; run as root: sudo ./bootstrap -n demo'
expect_not_asked
expect_no_make

it "bootstrap: runs nothing when the package manager cannot be reached"
forget_calls
: >"$T/offline"
bootstrap "$FAKE" -n demo
expect_status 1
expect_stderr 'could not fetch its lists'
expect_no_make
rm -f "$T/offline"

it "bootstrap: runs nothing when the package manager only says it is done"
forget_calls
: >"$T/useless"
bootstrap "$FAKE" -n demo
expect_status 1
expect_stderr 'but jq is not installed'
expect_no_make
rm -f "$T/useless"

it "bootstrap: passes make's status on"
bootstrap "$FAKE" no-such-word
expect_status 2

it "bootstrap: does nothing twice on this machine, where nothing is missing"
forget_calls
bootstrap "$T/deaf" -n all demo
if [ -s "$T/asked" ]; then
	skip "$(head -qn 1 "$stdout_file" "$stderr_file" | tr '\n' ' ')"
else
	expect_status 0
	picture >"$T/before"
	bootstrap "$T/deaf" -n all demo
	expect_status 0
	expect_not_asked
	picture >"$T/after"
	expect 'the same files' cmp -s "$T/before" "$T/after"
fi

# --- make demo, interrupted -------------------------------------------------

# In a pid namespace of its own: start the demo, send SIGNAL to its process
# group, as a terminal does, when it has printed LINE and PROGRAM runs, and
# write below TO what was there then (`at-work') and what is there when make
# has ended (`left').
give root "$T/interrupt" <<-'END'
	#!/bin/sh
	# interrupt TREE B SIGNAL LINE PROGRAM TO
	tree=$1 b=$2 signal=$3 line=$4 program=$5 to=$6

	# Living processes but ourselves, by name, in $living.
	look() {
		living=''
		for status in /proc/[0-9]*/status; do
			name='' state=''
			while read -r key value rest; do
				case $key in
				Name:) name=$value ;;
				State:)
					state=$value
					break
					;;
				esac
			done <"$status"
			case $status:$state in
			/proc/1/*:* | *:[ZX] | *:) ;;
			*) living="$living $name" ;;
			esac
		done 2>/dev/null
	}

	within() {
		[ "$(date +%s)" -le "$1" ]
	}

	is_at_work() {
		grep -qaF -e "$line" "$to/output" || return 1
		look
		case "$living " in *" $program "*) return 0 ;; esac
		return 1
	}

	cat /proc/self/mountinfo >"$to/mounts-before"
	setsid env --default-signal=INT,QUIT,HUP,TERM \
	    make -s -C "$tree" demo B="$b" >"$to/output" 2>&1 </dev/null &
	demo=$!
	deadline=$(($(date +%s) + 20))
	until is_at_work || ! within $deadline; do
		sleep 0.02 # between two looks
	done
	echo "$living" >"$to/at-work"
	cat /proc/[0-9]*/environ 2>/dev/null | tr '\0' '\n' |
	    sed -nE 's/^(T|TRUSTED)=//p' | sort -u >"$to/folders"
	kill -"$signal" -$demo
	wait $demo
	echo $? >"$to/status"
	deadline=$(($(date +%s) + 3))
	look
	while [ -n "$living" ] && within $deadline; do
		look
	done
	echo "$living" >"$to/left"
	cat /proc/self/mountinfo >"$to/mounts-after"
END

# What the demo could leave in the folders of a machine.
stock() {
	find /etc /home /var/log -xdev -type f -exec cksum {} +
	find /etc /home /var/log /run /usr/libexec -xdev -printf '%p %y %m %u\n'
}

# interrupted SIGNAL LINE PROGRAM
interrupted() {
	TO=$T/interrupted
	rm -rf "$TO"
	mkdir "$TO"
	stock >"$TO/stock-before"
	run env -u T -u TRUSTED -u MAKEFLAGS -u MFLAGS -u MAKELEVEL \
	    unshare --pid --fork --kill-child --mount-proc \
	    sh "$T/interrupt" "$TREE" "$B" "$1" "$2" "$3" "$TO"
	stock >"$TO/stock-after"
}

expect_interrupted() {
	expect_status 0
	expect "'$1' in its output" grep -qaF -e "$1" "$TO/output"
	expect 'no good end' test "$(cat "$TO/status")" != 0
	expect 'no end of the play' sh -c '! grep -q "steps shown" "$1"' sh \
	    "$TO/output"
	expect "its $2 at work then" grep -qw "$2" "$TO/at-work"
	expect 'folders of its own' \
	    test "$(grep -c execguard "$TO/folders")" = 2
}

expect_nothing_left() {
	expect 'no process' test -z "$(tr -d ' \n' <"$TO/left")"
	expect 'the same mounts' cmp -s "$TO/mounts-before" "$TO/mounts-after"
	expect 'the same users, PAM files and all else' \
	    cmp -s "$TO/stock-before" "$TO/stock-after"
	while read -r folder; do
		expect_missing "$folder"
		case $folder in */trusted) expect_missing "${folder%/*}" ;; esac
	done <"$TO/folders"
}

first='A guarded login, end to end.'
race='2000 /usr/bin/true /home/alice/wins'

for signal in INT HUP TERM; do
	it "demo: leaves nothing behind when SIG$signal ends it at its start"
	interrupted $signal "$first" execguard-sshd
	expect_interrupted "$first" execguard-sshd
	expect_nothing_left
done

it "demo: leaves nothing behind when SIGINT ends it in the middle of a race"
interrupted INT "$race" race
expect_interrupted "$race" race
expect 'a guard at work then' grep -qw guardd "$TO/at-work"
expect_nothing_left

done_testing

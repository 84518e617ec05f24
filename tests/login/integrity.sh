#!/bin/sh
# The section integrity: what runs is what the manifest lists.  Rows R5, G4.

# shellcheck source=tests/login/lib.sh
. "$(dirname "$0")/lib.sh"

MANIFEST=$TRUSTED/manifest
LOADER=$(ldd "$(command -v sh)" |
    awk '/ld-|ld\./ { for (i = 1; i <= NF; i++) if ($i ~ /^\//) print $i }' |
    head -n 1)

# tagged ALGORITHM FILE: a line, as other programs print it.
tagged() {
	case $1 in
	BLAKE2b) b2sum --tag "$(readlink -f "$2")" ;;
	*) "$(echo "$1" | tr '[:upper:]' '[:lower:]')sum" --tag \
	    "$(readlink -f "$2")" ;;
	esac
}

# What every session needs.
base() {
	for base_file in /bin/sh "$LOADER" /usr/bin/echo; do
		tagged SHA256 "$base_file"
	done
}

# sealed [TEXT]: a policy with TEXT in its section.
sealed() {
	policy "policy \"students\" {
		groups = {\"students\"}
		integrity { manifest = {\"$MANIFEST\"} ${1:-} }
	}"
}

# A trusted program that leaves a byte in ~/ran.
make_program() {
	cat >"$T/program.c" <<-'END'
		#include <fcntl.h>
		#include <unistd.h>
		int main(void) {
			int fd = open("/home/alice/ran",
			    O_CREAT | O_APPEND | O_WRONLY, 0666);
			return write(fd, "x", 1) != 1;
		}
	END
	cc -o "$TRUSTED/program" "$T/program.c"
	chmod 0755 "$TRUSTED/program"
}

# A file that changed within this second may change again unseen: what it holds
# is not remembered.
is_settled() {
	[ $(($(date +%s) - $(stat -c %Z "$1"))) -ge 2 ]
}

make_program
sealed
start_sshd

it "runs what is listed, whatever the algorithm"
for algorithm in SHA256 SHA384 SHA512 BLAKE2b; do
	{ base; tagged $algorithm "$TRUSTED/program"; } >"$MANIFEST"
	rm -f /home/alice/ran
	login alice "$TRUSTED/program"
	expect_status 0
	expect_exists /home/alice/ran
done

it "the strongest of several digests counts"
{ base; tagged SHA256 "$TRUSTED/program" | sed 's/= ../= 00/
	s/= 00\(..\)/= 00ff/'; tagged SHA512 "$TRUSTED/program"; } >"$MANIFEST"
rm -f /home/alice/ran
login alice "$TRUSTED/program"
expect_status 0
expect_exists /home/alice/ran

it "refuses what is not listed, when it is asked for"
base >"$MANIFEST"
rm -f /home/alice/ran
forget_events
login alice "$TRUSTED/program"
expect_status 126
expect_stderr 'Permission denied'
expect_missing /home/alice/ran
expect_event ".event == \"exec\" and .check == \"integrity\" and
    .reason == \"unlisted\" and .phase == \"ask\" and
    .path == \"$TRUSTED/program\" and .tip == \"integrity.manifest\""

it "a mismatch is killed before its first instruction, and then refused"
{ base; tagged SHA256 "$TRUSTED/program"; } >"$MANIFEST"
printf x >>"$TRUSTED/program"
forget_events
wait_until 5 is_settled "$TRUSTED/program"
# shellcheck disable=SC2016 # for the shell of the session
login alice "$TRUSTED/program; echo \$?; $TRUSTED/program; echo \$?"
expect_stdout '137
126'
expect_missing /home/alice/ran
expect_event '.check == "integrity" and .reason == "mismatch" and
    .phase == "confirm" and .action == "deny"'
expect_event '.check == "integrity" and .reason == "mismatch" and
    .phase == "ask"'

it "R5: a file that is rewritten after it was hashed is hashed again"
make_program
{ base; tagged SHA256 "$TRUSTED/program"; } >"$MANIFEST"
chown alice "$TRUSTED/program"
forget_events
# shellcheck disable=SC2016
wait_until 5 is_settled "$TRUSTED/program"
login alice "$TRUSTED/program && $TRUSTED/program &&
	printf x >>$TRUSTED/program; $TRUSTED/program; echo \$?"
expect_stdout 137
expect 'it ran twice, and not a third time' \
    test "$(stat -c %s /home/alice/ran)" = 2
rm -f /home/alice/ran
expect_event '.reason == "mismatch" and .phase == "confirm"'

it "unlisted = warn lets it run, and says so"
make_program
base >"$MANIFEST"
sealed 'unlisted = warn'
forget_events
login alice "$TRUSTED/program"
expect_status 0
expect_exists /home/alice/ran
expect_event '.reason == "unlisted" and .action == "warn"'

it "unlisted = allow says nothing; a mismatch is still refused"
{ base; tagged SHA256 /usr/bin/true | sed "s|(.*)|($TRUSTED/program)|"; } \
    >"$MANIFEST"
sealed 'unlisted = allow  mismatch = deny'
rm -f /home/alice/ran
forget_events
login alice "/usr/bin/true && $TRUSTED/program"
expect_status 137
expect_missing /home/alice/ran
expect_no_event '.reason == "unlisted"'

it "what except names is not looked at"
sealed "except = {\"$TRUSTED/program\"}"
login alice "$TRUSTED/program"
expect_status 0
expect_exists /home/alice/ran

it "a script and its interpreter are looked up, too"
printf '#!/bin/sh\necho script >~/ran\n' >"$TRUSTED/script"
chmod 0755 "$TRUSTED/script"
base >"$MANIFEST"
sealed
rm -f /home/alice/ran
forget_events
login alice "$TRUSTED/script"
expect_status 126
expect_missing /home/alice/ran
expect_event ".reason == \"unlisted\" and .path == \"$TRUSTED/script\""
tagged SHA256 "$TRUSTED/script" >>"$MANIFEST"
login alice "$TRUSTED/script"
expect_status 0
expect_exists /home/alice/ran

it "so is the ELF interpreter"
base | grep -v -F "($(readlink -f "$LOADER"))" >"$MANIFEST"
forget_events
login alice /usr/bin/echo ran
expect 'nothing ran' test ! -s "$stdout_file"
expect_event '.reason == "unlisted" and .role == "loader"'

it "a big file being hashed delays nobody but who runs it"
# A program with 1.5 GiB behind it: a second or more of hashing.
make_program
truncate -s 1500M "$TRUSTED/program"
{ base; tagged SHA256 "$TRUSTED/program"; tagged SHA256 /usr/bin/true; } \
    >"$MANIFEST"
rm -f /home/alice/ran
# shellcheck disable=SC2016
login alice "$TRUSTED/program & i=0
	while [ ! -e ~/ran ] && [ \$i -lt 100000 ]; do
		/usr/bin/true; i=\$((i + 1)); done
	wait; echo \$i"
expect_status 0
expect_exists /home/alice/ran
expect 'others were served meanwhile' \
    test "$(cat "$stdout_file")" -ge 20
echo "# $(cat "$stdout_file") others ran while 1.5 GiB were hashed"
rm "$TRUSTED/program"

it "a weak digest makes the manifest broken, unless weak = true"
make_program
{ base; tagged MD5 "$TRUSTED/program"; } >"$MANIFEST"
sealed
login alice /usr/bin/echo ran
expect_status 254
expect_stdout_has "$MANIFEST:4:"
sealed 'weak = true'
rm -f /home/alice/ran
login alice "$TRUSTED/program"
expect_status 0
expect_exists /home/alice/ran

it "a manifest that somebody else can write is not believed"
base >"$MANIFEST"
chmod 0666 "$MANIFEST"
sealed
login alice /usr/bin/echo ran
expect_status 254
expect_stdout_has "$MANIFEST"
chmod 0644 "$MANIFEST"

it "permissive blocks nothing"
: >"$MANIFEST"
policy "policy \"students\" {
	groups = {\"students\"}
	mode = permissive
	integrity { manifest = {\"$MANIFEST\"} }
}"
rm -f /home/alice/ran
forget_events
login alice "$TRUSTED/program"
expect_status 0
expect_exists /home/alice/ran
expect_event '.reason == "unlisted" and .action == "warn" and .wanted == "deny"'

done_testing

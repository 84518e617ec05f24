#!/bin/sh
# Attacks on the guard itself: rows G1, G3, G5, and S5 when it is dead.

. "$(dirname "$0")/lib.sh"

# --- G1: the guard dies ----------------------------------------------------

# The guard of the session that opens now, while $1 others are there.
new_guard() {
	wait_until 5 n_guards_are $(($1 + 1))
	guards | grep -vxF "${2:-none}"
}

# open_two WORDS: bob's session waits; then alice's, with these words.
open_two() {
	rm -f "$MARK" /home/bob/fine
	session bob sh -c 'read -r word <"$GO.bob"
		/bin/true && /usr/bin/touch /home/bob/fine'
	session_of_bob=$session
	guard_of_bob=$(new_guard 0)
	session alice sh -c "echo ready; read -r word <\"\$GO.alice\"; $1" \
	    "$BIN" "$FORBIDDEN"
	expect 'a session' printed ready
	guard_of_alice=$(new_guard 1 "$guard_of_bob")
}

expect_bob_is_fine() {
	expect 'the guard of bob' kill -0 "$guard_of_bob"
	go bob
	expect "a good end of bob's session" wait "$session_of_bob"
	expect_exists /home/bob/fine
	expect 'no guard in the end' guards_gone
}

is_gone() {
	[ ! -e "/proc/$1" ]
}

let_go
it "G1: the guard is killed: nothing starts any more, others do not notice"
open_two '/bin/true; echo "status $?"; "$1"; echo "status $?"'
kill -KILL "$guard_of_alice"
expect "the guard's end" wait_until 5 is_gone "$guard_of_alice"
go alice
session_ends
expect_stderr 'Function not implemented'
expect 'no success' sh -c '! grep -q "status 0" "$0"' "$stdout_file"
expect_missing "$MARK"
expect_bob_is_fine

held
it "G1: the guard is killed: what it held dies, others do not notice"
open_two 'echo survived'
kill -KILL "$guard_of_alice"
session_ends
expect_status 137
expect 'nothing more of it' sh -c '! grep -q survived "$0"' "$stdout_file"
expect_missing "$MARK"
expect_bob_is_fine
# The word that alice did not read any more.
rm -f "$GO.alice"
mkfifo -m 0666 "$GO.alice"
exec 6<>"$GO.alice"

has_events() {
	[ "$(count_events '.event == "exec"')" -ge "$1" ]
}

# The race is the load: execs at every moment of ask and confirm.
for hold in let_go held; do
	$hold
	for n in 1 2 5 10 20 30 40 50; do
		it "G1: killed in the middle of a race, nothing unconfirmed \
runs (after $n events, $hold)"
		rm -f "$MARK"
		forget_events
		session alice "$BIN/race" 1000 "$ALLOWED" "$FORBIDDEN"
		guard_of_alice=$(new_guard 0)
		expect 'a race' wait_until 20 has_events $n
		kill -KILL "$guard_of_alice"
		session_ends
		expect_missing "$MARK"
		expect 'no guard' guards_gone
	done
done

let_go
it "S5: with the guard dead nobody becomes the judge of his own execs"
rm -f "$MARK"
mkfifo -m 0666 "$T/after"
session alice "$BIN/listener" "$FORBIDDEN" "$T/after"
expect 'a session' printed waiting
kill -KILL "$(guards)"
expect 'no guard' guards_gone
timeout 5 sh -c ': >"$0"' "$T/after"
session_ends
expect_status 0
for way in plain logged synced 'high flags' 'high op' 'int 0x80'; do
	expect_stdout_has "$way: EBUSY"
done
expect_stderr 'Function not implemented'
expect_missing "$MARK"

# --- G3: arguments ---------------------------------------------------------

# as_bare CMD...: alice sees the same of CMD with a guard and without.
as_bare() {
	bare alice "$@"
	bare_output=$(cat "$stdout_file" "$stderr_file")
	bare_status=$status
	guarded alice "$@"
	expect_status "$bare_status"
	expect "'$bare_output'" [ "$(cat "$stdout_file" "$stderr_file")" = \
	    "$bare_output" ]
	rm -f "$MARK"
}

echo "#!$BIN/forbidden" | give root "$TRUSTED/chain5"
for link in 4 3 2 1; do
	echo "#!$TRUSTED/chain$((link + 1)) word" |
	    give root "$TRUSTED/chain$link"
done
echo 'echo no first line' | give root "$TRUSTED/no-line"
echo '#!/nowhere/at/all' | give root "$TRUSTED/no-interpreter"
printf '#!' | give root "$TRUSTED/no-name"
printf '#!/%0300d\n' 0 | give root "$TRUSTED/long-line"
printf '\177ELF\002\001\001' | give root "$TRUSTED/short-elf"
: | give root "$TRUSTED/nothing"
install -m 0644 "$ALLOWED" "$TRUSTED/not-executable"

for hold in let_go held; do
	$hold
	for way in plain long none null badlist badpath empty deep under; do
		it "G3: the same as without a guard: $way ($hold)"
		as_bare "$BIN/args" $way "$BIN/forbidden"
	done

	for way in big bigenv bigboth; do
		it "G3: 2 MiB of arguments, of environment, or both run \
($way, $hold)"
		as_bare "$BIN/args" $way "$BIN/forbidden"
		expect_stdout 'exited 0'
	done

	for way in toobig toobigenv; do
		it "G3: more than the kernel takes is E2BIG ($way, $hold)"
		as_bare "$BIN/args" $way "$BIN/forbidden"
		expect_stdout_has E2BIG
	done

	for file in chain1 no-line no-interpreter no-name long-line short-elf \
	    nothing not-executable missing bin; do
		it "G3: the same as without a guard: $file ($hold)"
		as_bare "$BIN/args" plain "$TRUSTED/$file"
	done

	it "G3: a list of environment and arguments passes unchanged ($hold)"
	as_bare env -i A=b 'C=d e' /usr/bin/env
	as_bare /usr/bin/printf '%s|' '' ' ' 'a b' "'" '"'

	it "G3: a script without a first line is run by the shell ($hold)"
	as_bare sh -c '"$1"' sh "$TRUSTED/no-line"
done

# --- G5: the hypercall -----------------------------------------------------

it "G5: without a guard there is nobody to talk to"
bare alice "$BIN/hypercall"
expect_stdout EINVAL

for hold in let_go held; do
	$hold
	it "G5: a user may not talk to his guard ($hold)"
	guarded alice "$BIN/hypercall"
	expect_stdout EPERM

	it "G5: neither may root of a user namespace ($hold)"
	guarded alice unshare -Ur "$BIN/hypercall"
	expect_stdout EPERM
done

it "G5: root may"
policy "policy \"test\" {
	users = { \"root\" }
	tpe { roots = { \"/usr\", \"/bin\", \"/lib\", \"$TRUSTED\" } }
}"
guarded root "$BIN/hypercall"
expect_stdout 'a socket'

it "G5: root of a user namespace that root made may not"
guarded root unshare -Ur "$BIN/hypercall"
expect_stdout EPERM

done_testing

#!/bin/sh
# Processes of the same user outside of the session, whom no filter binds: row
# X3.

. "$(dirname "$0")/lib.sh"

# What the kernel lets a user do to another process of his, without a guard:
# Yama's ptrace_scope 1 and more say no to all but parents.
scope=$(cat /proc/sys/kernel/yama/ptrace_scope 2>/dev/null || echo 0)
echo "# X3: ptrace_scope is $scope"

# victim [CMD...]: a process of alice that waits, outside of every session, or
# run so: $pid, $data, $code.
victim() {
	: >"$T/victim"
	[ $# != 0 ] ||
	    set -- setpriv --reuid alice --regid alice --init-groups --
	"$@" "$BIN/mem" victim "$GO.alice" >"$T/victim" 2>&1 </dev/null \
	    6<&- 7<&- &
	victim=$!
	expect 'a victim' wait_until 10 grep -q 0x "$T/victim"
	read -r pid data code <"$T/victim"
}

# expect_victim DATA CODE: how it finds them in the end.
expect_victim() {
	go alice
	wait "$victim" 2>/dev/null
	expect "data $1, code $2" [ "$(sed 1d "$T/victim")" = "data $1
code $2" ]
}

# What a write to its code is answered with: the setting proc_mem.force_override
# of the kernel may say no.
victim
bare alice "$BIN/mem" mem "$pid" "$code"
forced=$(cat "$stdout_file")
echo "# X3: a write to code is answered with '$forced'"
bare alice "$BIN/mem" mem "$pid" "$data"
written=$(cat "$stdout_file")
go alice
wait "$victim" 2>/dev/null

changed() {
	[ "$1" = 'done' ] && echo changed || echo whole
}

it "X3: what the kernel says to a write is what Yama has it say"
if [ "$scope" = 0 ]; then
	expect 'a write' [ "$written" = 'done' ]
else
	expect 'a refusal' [ "$written" = EACCES ]
fi

for hold in let_go held; do
	$hold
	for way in attach seize writev; do
		it "X3: $way of a process outside of the session ($hold)"
		victim
		guarded alice "$BIN/mem" $way "$pid" "$data"
		expect_stdout EPERM
		expect_victim whole whole
	done

	it "X3: a documented limit: a write to its /proc/PID/mem is the \
kernel's to refuse ($hold)"
	victim
	guarded alice "$BIN/mem" mem "$pid" "$data"
	expect_stdout "$written"
	guarded alice "$BIN/mem" mem "$pid" "$code"
	expect_stdout "$forced"
	expect_victim "$(changed "$written")" "$(changed "$forced")"

	it "X3: a documented limit: and so within the session ($hold)"
	victim "$CTL" run -u alice -p /etc/execguard.d --
	guarded alice "$BIN/mem" mem "$pid" "$data"
	expect_stdout "$written"
	expect_victim "$(changed "$written")" whole

	it "X3: of another user's process neither is to be had ($hold)"
	victim setpriv --reuid bob --regid bob --init-groups --
	guarded alice "$BIN/mem" mem "$pid" "$data"
	expect_stdout EACCES
	for way in attach seize writev; do
		guarded alice "$BIN/mem" $way "$pid" "$data"
		expect_stdout EPERM
	done
	expect_victim whole whole

	it "X3: nor of the guard itself ($hold)"
	session alice sh -c 'echo ready; read -r word <"$GO.alice"; "$0" mem \
	    "$word" 0x1000; "$0" writev "$word" 0x1000' "$BIN/mem"
	expect 'a session' printed ready
	guards >"$GO.alice"
	session_ends
	expect_stdout 'ready
EACCES
EPERM'
done

done_testing

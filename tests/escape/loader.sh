#!/bin/sh
# Trusted programs that ask for an ELF interpreter which is a user's, or is no
# program at all: row S9.  The guard opens none of them for reading: what
# cannot be loaded is refused by the kernel, with its own errno.

. "$(dirname "$0")/lib.sh"

ODD=/home/alice/odd # what stands there is asked for as the loader
PROGRAM=$TRUSTED/borrower
LOADER=$(ldd "$BIN/forbidden" |
    sed -n 's/^[^/]*\(\/[^ ]*\/ld[^ ]*\) (.*/\1/p')

# By a name as long as that of the machine's own loader.
fill=$(printf "%$((${#LOADER} - ${#ODD}))s" '' | tr ' ' /)
sed "s|$LOADER|${ODD%/*}/$fill${ODD##*/}|" "$BIN/forbidden" |
    give root "$PROGRAM"

# A copy of the machine's loader, of alice's.
hers() {
	copy alice "$LOADER" "$ODD"
}

# More than could be read before anybody's deadline.
grow() {
	truncate -s 1T "$ODD" 2>/dev/null
}

socket() {
	"$BIN/syslogd" "$ODD" /dev/null /dev/null </dev/null 6<&- 7<&- &
	wait_until 5 [ -S "$ODD" ]
	kill $!
	chmod 0777 "$ODD"
}

# The program in the background, and twenty others meanwhile.
both='"$0" &
	program=$!
	n=0
	while [ $n -lt 20 ]; do
		/bin/true || exit 3
		n=$((n + 1))
	done
	echo served
	wait $program
	echo "status $?"'

try() {
	rm -f "$MARK"
	"$@" sh -c "$both" "$PROGRAM"
	expect_status 0
	expect_stdout_has served
}

# as_the_kernel: it does not run, with a guard as without.
as_the_kernel() {
	try bare alice
	expect_missing "$MARK"
	said=$(grep status "$stdout_file")
	forget_events
	try guarded alice
	expect_stdout_has "$said"
	expect_missing "$MARK"
	expect 'the guard ends with its session' guards_gone
	expect_no_event '.event == "exec"'
	rm -rf "$ODD"
}

# judged: it runs where no guard is, and under one it does not.
judged() {
	try bare alice
	expect_stdout_has 'status 0'
	expect_exists "$MARK"
	forget_events
	try guarded alice
	expect_stdout_has 'status 137'
	expect_missing "$MARK"
	expect_events 1 '.event == "exec"'
	expect_event '.event == "exec" and .phase == "confirm" and
	    .role == "loader" and .check == "tpe" and
	    .reason == "outside-roots" and .path == "'$ODD'" and
	    .owner == 61001'
	rm -f "$ODD"
}

for hold in let_go held; do
	$hold
	it "S9: a loader of the user's is judged ($hold)"
	hers
	judged

	it "S9: a loader of 1 TiB is judged, and not read ($hold)"
	hers
	if grow; then
		judged
	else
		skip 'no file of 1 TiB on this filesystem'
	fi

	it "S9: a loader of 1 TiB of nothing is the kernel's to refuse ($hold)"
	give alice "$ODD" </dev/null
	if grow; then
		as_the_kernel
	else
		skip 'no file of 1 TiB on this filesystem'
	fi

	it "S9: so is one that is not there ($hold)"
	as_the_kernel

	it "S9: a FIFO, which nobody waits to open ($hold)"
	mkfifo -m 0777 "$ODD"
	as_the_kernel

	it "S9: a folder ($hold)"
	mkdir -m 0777 "$ODD"
	as_the_kernel

	it "S9: a device ($hold)"
	mknod -m 0777 "$ODD" c 1 5 # zero, which never ends
	as_the_kernel

	it "S9: a terminal ($hold)"
	mknod -m 0777 "$ODD" c 5 0
	as_the_kernel

	it "S9: a socket ($hold)"
	socket
	as_the_kernel

	it "S9: a loop of symbolic links ($hold)"
	ln -s odd "$ODD"
	as_the_kernel

	it "S9: a link to the loader of the machine is that loader ($hold)"
	ln -s "$LOADER" "$ODD"
	try guarded alice
	expect_stdout_has 'status 0'
	expect_exists "$MARK"
	rm -f "$ODD" "$MARK"
done

done_testing

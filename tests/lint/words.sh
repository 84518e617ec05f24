#!/bin/sh
# words - what must not be written: notes to oneself, dead code, ways out
# that are not ours, descriptors that leak into a new program.
. "$(dirname "$0")/lib.sh"

# The patterns are spelled so that they do not find themselves.
{
	list '*.c' '*.h' '*.sh' '*.awk' Makefile bootstrap '*.[1-8]' |
	    tr '\n' '\0' |
	    xargs -0 -r grep -nHE '(^|[^X])X[X]X([^X]|$)|TO[D]O|FIX[M]E'
	list '*.c' '*.h' | tr '\n' '\0' |
	    xargs -0 -r grep -nHE '^[[:space:]]*#[[:space:]]*if[[:space:]]+0'
} | sed 's/$/   (a note or dead code: open an issue)/' >"$SCRATCH/notes"

product '*.c' '*.h' | tr '\n' '\0' | xargs -0 -r awk '
# Calls of name( in a line that is no comment.
function calls(name) {
	return code ~ ("(^|[^_a-zA-Z0-9])" name "[ \t]*\\(")
}
function say(what) {
	printf "%s:%d: %s\n", FILENAME, FNR, what
}
FNR == 1 { comment = 0; statement = "" }
{
	code = $0
	gsub(/"([^"\\]|\\.)*"/, "\"\"", code)
	gsub(/\/\*.*\*\//, "", code)
	if (comment && code ~ /\*\//) {
		sub(/.*\*\//, "", code)
		comment = 0
	} else if (comment)
		next
	if (code ~ /\/\*/) {
		sub(/\/\*.*/, "", code)
		comment = 1
	}
	sub(/\/\/.*/, "", code)
}
code ~ /^(struct|enum|union)[ \t]+[a-z_0-9]*[A-Z]/ {
	say("a name with capitals")
}
code ~ /(^|[ \t])typedef[ \t]+(struct|enum|union)/ {
	say("a typedef that hides what it names")
}
calls("exit") && FILENAME !~ /(^|\/)main\.c$/ {
	say("exit outside a main")
}
calls("abort") { say("abort: no input may reach one") }
calls("assert") && FILENAME !~ /^guardd\// { say("assert outside the guard") }
calls("(sprintf|strcat|vsprintf|gets)") { say("an unbounded copy") }
calls("(system|popen)") { say("a shell in a privileged program") }
code ~ /(^|[ \t])goto[ \t]/ { say("goto: SCOPED cleans up") }
{
	# One statement at a time: its flags may stand on a later line.
	if (statement == "")
		from = FNR
	statement = statement " " code
	if (code !~ /[;{}][ \t]*$/)
		next
	if (statement ~ /(^|[^_a-zA-Z0-9])(open|openat|open_by_handle_at|pipe2|socket|socketpair|accept4|epoll_create1|memfd_create|signalfd|eventfd|inotify_init1|timerfd_create|dup3)\(/ &&
	    statement !~ /CLOEXEC/)
		printf "%s:%d: a descriptor without CLOEXEC\n", FILENAME, from
	if (statement ~ /(^|[^_a-zA-Z0-9])(creat|pipe|accept|dup|epoll_create|inotify_init)\(/)
		printf "%s:%d: a call that cannot say CLOEXEC\n", FILENAME, from
	if (statement ~ /(^|[^_a-zA-Z0-9])fopen\(/ && $0 !~ /"[rwa+]*e"/)
		printf "%s:%d: fopen without \"e\"\n", FILENAME, from
	statement = ""
}' >"$SCRATCH/calls"

cat "$SCRATCH/notes" "$SCRATCH/calls" | report

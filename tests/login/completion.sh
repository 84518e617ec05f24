#!/bin/sh
# What the shells complete: the verbs, options and sessions that there are.

# shellcheck source=tests/login/lib.sh
. "$(dirname "$0")/lib.sh"

TREE=$PWD
mkdir "$T/bin"
ln -s "$CTL" "$T/bin/execguardctl"
PATH=$T/bin:$PATH

policy 'policy "students" { users = {"alice"}  tpe { roots = {"/usr"} } }'
start_sshd
open_session alice
say 'echo rea""dy'
heard ready
session=$("$CTL" sessions --json | jq -r '.sessions[0].id')

# bash_words WORD...: what would follow them, the last of which is begun.
bash_words() {
	run bash -c '. "$1/conf/completion/execguardctl.bash"
		shift
		COMP_WORDS=(execguardctl "$@")
		COMP_CWORD=$#
		_execguardctl
		printf "%s\n" "${COMPREPLY[@]}"' bash "$TREE" "$@"
}

fish_words() {
	run env HOME="$T" fish --no-config -c '
		source $argv[1]/conf/completion/execguardctl.fish
		complete -C "execguardctl $argv[2]"' "$TREE" "$*"
	sed -i 's/\t.*//' "$stdout_file"
}

expect_words() {
	for word; do
		expect_stdout_has "$word"
	done
}

for shell in bash fish; do
	if ! command -v "$shell" >/dev/null; then
		it "completes in $shell"
		skip "there is no $shell"
		continue
	fi

	it "completes every verb in $shell"
	"${shell}_words" ''
	"$CTL" help | sed -n 's/^  \([a-z]*\) .*/\1/p' >"$T/verbs"
	expect 'verbs' [ "$(wc -l <"$T/verbs")" -gt 8 ]
	expect 'all of them, and no other word' \
	    [ "$(sort -u "$stdout_file")" = "$(sort -u "$T/verbs")" ]

	it "completes the begin of a verb in $shell"
	"${shell}_words" 'ses'
	expect_stdout sessions

	it "completes options in $shell"
	"${shell}_words" events --
	expect_words --follow --denied --session --since --json

	it "completes services in $shell"
	"${shell}_words" unenroll execg
	expect_stdout "$SSHD_SERVICE"

	it "completes sessions in $shell"
	"${shell}_words" show ''
	expect_stdout "$session"
	"${shell}_words" events -s "$(echo "$session" | cut -c 1-3)"
	expect_stdout "$session"
done

it "completes verbs in zsh"
if command -v zsh >/dev/null; then
	mkdir "$T/zdot"
	cat >"$T/zdot/.zshrc" <<-END
		fpath=($TREE/conf/completion \$fpath)
		autoload -U compinit && compinit -u -D
		LISTMAX=1000 PS1='here: '
	END
	# A second tab lists what there is.
	cat >"$T/typed" <<-'END'
		? here:
		_ execguardctl se
		^I
		? ssions
		^U
		? here:
		_ execguardctl m
		^I
		^I
		? manifest
		? metrics
		^U
		> exit
		. 0
	END
	run env ZDOTDIR="$T/zdot" TERM=dumb "$B/tests/login/typist" zsh -i \
	    <"$T/typed"
	expect_status 0
	[ "$status" = 0 ] || cat "$stdout_file"
else
	skip 'there is no zsh'
fi

close_session
done_testing

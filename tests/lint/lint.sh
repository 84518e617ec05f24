#!/bin/sh
# lint - the rules of HACKING.md that a program can check.
#
#	lint.sh [RULE...]
#
# Every rule is run on the tree, which must be clean, and on each tree below
# fixtures/RULE/, which is wrong on purpose: the rule must report every line
# of its file `expect'.  A rule whose tool is missing is skipped, and with
# MUST_RUN=1 that is a failure.

set -u
HERE=$(cd "$(dirname "$0")" && pwd) || exit 2
RULES=${*:-"format floors thirdparty headers purity exports sizes words docs
    mandoc shellcheck cppcheck tidy"}
passed=0 failed=0 skipped=0
output=$(mktemp "${TMPDIR:-/tmp}/execguard-lint.XXXXXX") || exit 2
trap 'rm -f "$output"' EXIT
trap 'exit 2' HUP INT TERM

# verdict STATUS SENTENCE: 0 passes, 77 skips, all else fails with $output.
verdict() {
	case $1 in
	0)
		passed=$((passed + 1))
		echo "ok      $2"
		return
		;;
	77)
		skipped=$((skipped + 1))
		echo "skip    $2: $(cat "$output")"
		[ "${MUST_RUN:-0}" = 1 ] || return 0
		;;
	*) echo "FAILED  $2" ;;
	esac
	failed=$((failed + 1))
	sed 's/^/        /' "$output"
}

# reports EXPECT: whether $output has each of its lines somewhere.
reports() {
	while IFS= read -r line; do
		grep -qF -- "$line" "$output" || {
			echo "not reported: $line" >>"$output"
			return 1
		}
	done <"$1"
}

for rule in $RULES; do
	timeout 300 sh "$HERE/$rule.sh" >"$output" 2>&1
	verdict $? "$rule: the tree is clean"
	found=false
	for fixture in "$HERE/fixtures/$rule"/*/; do
		[ -f "$fixture/expect" ] || continue
		found=true
		B=/nonexistent timeout 60 sh "$HERE/$rule.sh" "$fixture" \
		    >"$output" 2>&1
		status=$?
		if [ $status -eq 1 ]; then
			reports "$fixture/expect"
			status=$?
		elif [ $status -eq 0 ]; then
			status=1
		fi
		verdict $status "$rule: reports $(basename "$fixture")"
	done
	$found || {
		: >"$output"
		verdict 1 "$rule: has a fixture"
	}
done

echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ]

# shellcheck shell=sh
# lib.sh - what the rules of this folder share.
#
# A rule is a script: RULE.sh [TREE].  It prints one line for each finding,
# FILE:LINE: SENTENCE where it can, and exits 0 (clean), 1 (findings) or
# 77 (a tool is missing, which it names).

set -u
HERE=$(cd "$(dirname "$0")" && pwd) || exit 2
cd "${1:-$HERE/../..}" || exit 2

CC=${CC:-cc}
SCRATCH=$(mktemp -d "${TMPDIR:-/tmp}/execguard-lint.XXXXXX") || exit 2
trap 'rm -rf "$SCRATCH"' EXIT
trap 'exit 2' HUP INT TERM

# The folders whose code becomes one of our programs.
PRODUCT="common policy gate guardd inspector pam_module cli"

# compile OPTION...: the compiler, for our language.
compile() {
	"$CC" -std=c17 -D_GNU_SOURCE -I. -DGUARDD_PATH='"guardd"' \
	    -DCONF_PATH='"execguard.d"' -DRUN_PATH='"run"' "$@"
}

# need TOOL...: leave with 77 when one is missing.
need() {
	for tool in "$@"; do
		command -v "$tool" >/dev/null 2>&1 || {
			echo "$tool is not installed"
			exit 77
		}
	done
}

# list 'PATTERN'... : files of the tree, one a line; no build, no fixture.
list() {
	for pattern in "$@"; do
		find . \( -path ./build -o -path ./.git -o \
		    -path ./tests/lint/fixtures \) -prune -o \
		    -type f -name "$pattern" -print
	done | sed 's|^\./||' | LC_ALL=C sort -u
}

# product 'PATTERN'... : the same, of the product's folders.
product() {
	list "$@" | grep -E "^($(echo "$PRODUCT" | tr ' ' '|'))/"
}

# report: print what stdin holds and leave with 1, or with 0 for nothing.  What
# a tool says on stderr is a finding as well: an awk that cannot read its own
# program has found nothing, and would look clean.
report() {
	cat - "$SCRATCH/stderr" >"$SCRATCH/report"
	[ -s "$SCRATCH/report" ] || exit 0
	cat "$SCRATCH/report"
	exit 1
}

exec 2>"$SCRATCH/stderr"

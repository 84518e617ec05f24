#!/bin/sh
# tidy - clang-tidy: the size of functions everywhere; in the product also
# names, bugs and the analyzer.
. "$(dirname "$0")/lib.sh"
need clang-tidy

# tidy CONFIG FILE...: two at a time.
tidy() {
	config=$1
	printf '%s\0' "$@" | sed -z 1d | xargs -0 -r -n 3 -P 2 sh -c '
		config=$1; shift
		clang-tidy --quiet --config-file="$config" "$@" -- -std=c17 \
		    -D_GNU_SOURCE -I. -DGUARDD_PATH="\"guardd\"" \
		    -DCONF_PATH="\"execguard.d\"" -DRUN_PATH="\"run\"" 2>/dev/null
		' sh "$config"
}

{
	# shellcheck disable=SC2046 # one word a file
	tidy "$HERE/tidy-product.yaml" $(product '*.c')
	# shellcheck disable=SC2046 # one word a file
	tidy "$HERE/tidy-tests.yaml" $(list '*.c' | grep '^tests/')
} | grep -E ': (warning|error): ' | sed "s|^$PWD/||" |
    LC_ALL=C sort -u | report

#!/bin/sh
# headers - each header compiles alone, and included twice.
. "$(dirname "$0")/lib.sh"
need "$CC"

n=0
for header in $(list '*.h'); do
	n=$((n + 1))
	printf '#include "%s"\n#include "%s"\n' "$header" "$header" \
	    >"$SCRATCH/$n.c"
	# Attacks are written for gnu17, as the Makefile builds them.
	case $header in
	tests/escape/* | tests/bench/*) language=-std=gnu17 ;;
	*) language=-std=c17 ;;
	esac
	compile "$language" -Wall -Wextra -Wno-unused-function -Werror \
	    -fsyntax-only "$SCRATCH/$n.c" 2>"$SCRATCH/$n.log" ||
	    grep -m 3 -E 'error|warning' "$SCRATCH/$n.log" |
	    sed "s|^|$header: does not compile alone: |"
done | report

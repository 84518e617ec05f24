#!/bin/sh
# format - clang-format decides; it is switched off around tables only.
. "$(dirname "$0")/lib.sh"
need clang-format

{
	list '*.c' '*.h' | tr '\n' '\0' |
	    xargs -0 -r clang-format --dry-run -Werror --style=file 2>&1 |
	    awk -F : '/: (error|warning): / && !($1 in n) { first[$1] = $2 }
	        /: (error|warning): / { n[$1]++ }
	        END {
	            for (file in n)
	                printf "%s:%d: %d places: clang-format -i %s\n",
	                    file, first[file], n[file], file
	        }' | LC_ALL=C sort
	# What is switched off is switched on again.
	list '*.c' '*.h' | tr '\n' '\0' | xargs -0 -r awk '
	/clang-format off/ { off[FILENAME] = FNR }
	/clang-format on/ { delete off[FILENAME] }
	END {
		for (file in off)
			printf "%s:%d: clang-format stays off\n", file, off[file]
	}'
} | report

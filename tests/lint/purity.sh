#!/bin/sh
# purity - policy/ touches nothing but memory: no system call, no clock, no
# environment, no locale.  The reader of policies is apart: it allocates, and
# asks for the numbers of names.
. "$(dirname "$0")/lib.sh"
need "$CC" nm

READER='policy/(keyword|listed|parse|section|take)[.]c'

for source in $(list '*.c' | grep '^policy/'); do
	object=$SCRATCH/$(echo "$source" | tr / _).o
	# Plain objects: hardening would call its own helpers.
	compile -O2 -fno-stack-protector -U_FORTIFY_SOURCE -fno-sanitize=all \
	    -c -o "$object" "$source" 2>"$SCRATCH/log" || {
		sed -n "1s|^|$source: does not compile: |p" "$SCRATCH/log"
		continue
	}
	echo "$source" | grep -qxE "$READER" ||
	    nm --defined-only -g "$object" | awk '{ print $NF }' \
	        >>"$SCRATCH/ours"
	nm -u "$object" | awk -v file="$source" '{ print file, $NF }' \
	    >>"$SCRATCH/wanted"
done >"$SCRATCH/broken"

touch "$SCRATCH/ours" "$SCRATCH/wanted"
{
	cat "$SCRATCH/broken"
	awk -v reader="^$READER\$" '
	NR == FNR { ours[$1] = 1; next }
	$1 ~ reader || $2 in ours { next }
	$2 ~ /^mem(chr|cmp|cpy|move|rchr|set)$/ { next }
	$2 ~ /^str(chr|cmp|cspn|len|ncmp|nlen|pbrk|rchr|spn|str)$/ { next }
	$2 == "_GLOBAL_OFFSET_TABLE_" { next }
	# What is pure by its own contract.
	$2 ~ /^algorithm_(is_weak|name|named|size)$/ { next }
	$2 == "number_parse" { next }
	# The three that hold memory, and say so in their headers.
	$1 ~ /^policy\/(ledger|page|policy)\.c$/ && $2 ~ /^(calloc|free)$/ { next }
	$1 == "policy/manifest.c" &&
	    $2 ~ /^(calloc|free|malloc|realloc|snprintf)$/ { next }
	{ print $1 ": is not pure: it calls " $2 }
	' "$SCRATCH/ours" "$SCRATCH/wanted"
} | report

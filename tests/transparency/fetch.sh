#!/bin/sh
# fetch.sh WORK SUITE...: the sources of these suites from Debian, into
# WORK/trees/SUITE.  What is there is not fetched again.

work=$1
shift
here=$(cd "$(dirname "$0")" && pwd)

# unpacked PACKAGE FOLDER
unpacked() {
	[ ! -d "$2" ] || return 0
	sh "$here/../source.sh" "$work" "$1" || return
	dpkg-source --no-check -x "$work/sources/${1}_"*.dsc "$2.part" \
	    >"$work/unpack.log" 2>&1 || {
		echo "the source of $1 cannot be unpacked:" >&2
		tail -n 3 "$work/unpack.log" >&2
		return 1
	}
	# What dpkg-source leaves beside a tree within another.
	rm -f "${2%/*}"/*.orig.tar.* "${2%/*}"/*.orig-*.tar.*
	mv "$2.part" "$2"
}

mkdir -p "$work/trees" "$work/log"
for suite; do
	packages=''
	. "$here/suites/$suite.sh"
	tree=$work/trees/$suite
	if [ -z "$packages" ]; then
		mkdir -p "$tree"
		continue
	fi
	[ ! -e "$tree/.whole" ] || continue
	rm -rf "$tree"
	folder=$tree
	for package in $packages; do
		unpacked "$package" "$folder" || exit 1
		folder=$tree/${packages##* }
	done
	: >"$tree/.whole"
done

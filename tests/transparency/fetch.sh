#!/bin/sh
# fetch.sh WORK SUITE...: the sources of these suites from Debian, into
# WORK/trees/SUITE.  What is there is not fetched again.  The machine's own
# lists of packages are left alone; apt checks the signatures.

work=$1
shift
here=$(cd "$(dirname "$0")" && pwd)

apt() {
	apt-get -q -o Dir::Etc::sourcelist="$work/apt/debian.sources" \
	    -o Dir::Etc::sourceparts=/dev/null \
	    -o Dir::State::lists="$work/apt/lists" \
	    -o APT::Sandbox::User=root "$@"
}

lists() {
	[ ! -e "$work/apt/fresh" ] || return 0
	mkdir -p "$work/apt/lists/partial" "$work/sources"
	. /etc/os-release
	case $ID in
	ubuntu) from=archive.ubuntu.com/ubuntu parts='main universe' ;;
	*) from=deb.debian.org/debian parts=main ID=debian ;;
	esac
	cat >"$work/apt/debian.sources" <<-END
		Types: deb-src
		URIs: http://$from
		Suites: $VERSION_CODENAME
		Components: $parts
		Signed-By: /usr/share/keyrings/$ID-archive-keyring.gpg
	END
	apt update && : >"$work/apt/fresh"
}

# unpacked PACKAGE FOLDER
unpacked() {
	[ ! -d "$2" ] || return 0
	lists && (cd "$work/sources" && apt source --download-only "$1") &&
	    dpkg-source --no-check -x "$work/sources/${1}_"*.dsc "$2.part" &&
	    rm -f "${2%/*}"/*.orig.tar.* "${2%/*}"/*.orig-*.tar.* &&
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
		unpacked "$package" "$folder" >"$work/fetch.log" 2>&1 || {
			echo "transparency: the source of $package does not come:" >&2
			tail -n 3 "$work/fetch.log" >&2
			exit 1
		}
		folder=$tree/${packages##* }
	done
	: >"$tree/.whole"
done

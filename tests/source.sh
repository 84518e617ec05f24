#!/bin/sh
# source.sh WORK PACKAGE - the source of a package, as its distribution has it,
# into WORK/sources: the .dsc and the archives that it names.
#
# By apt, which checks the signatures, with lists of its own in WORK/apt: the
# machine's are left alone.  Debian and Ubuntu.  Status 1 and a sentence: it
# does not come.

work=$(mkdir -p "$1" && cd "$1" && pwd) || exit 1
package=$2

private_apt() {
	apt-get -q -o Dir::Etc::sourcelist="$work/apt/private.sources" \
	    -o Dir::Etc::sourceparts=/dev/null \
	    -o Dir::State::lists="$work/apt/lists" \
	    -o APT::Sandbox::User=root "$@"
}

lists() {
	[ ! -e "$work/apt/fresh" ] || return 0
	mkdir -p "$work/apt/lists/partial"
	. /etc/os-release
	case $ID in
	ubuntu) from=archive.ubuntu.com/ubuntu parts='main universe' ;;
	*) from=deb.debian.org/debian parts=main ID=debian ;;
	esac
	cat >"$work/apt/private.sources" <<-END
		Types: deb-src
		URIs: http://$from
		Suites: $VERSION_CODENAME
		Components: $parts
		Signed-By: /usr/share/keyrings/$ID-archive-keyring.gpg
	END
	private_apt update && : >"$work/apt/fresh"
}

mkdir -p "$work/sources"
{
	command -v apt-get >/dev/null && lists && cd "$work/sources" &&
	    private_apt source --download-only "$package"
} >"$work/source.log" 2>&1 || {
	echo "the source of $package does not come:" >&2
	tail -n 3 "$work/source.log" >&2
	exit 1
}

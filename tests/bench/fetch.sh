#!/bin/sh
# fetch.sh FOLDER - the source of a real package, from the distribution's own
# archive, checked by apt: FOLDER/package.tar.gz.
#
# Nothing of the machine's apt is touched.  Where there is no apt or no network
# the rows that need it say so.

PACKAGE=dash
folder=$1
[ ! -e "$folder/package.tar.gz" ] || exit 0
command -v apt-get >/dev/null || exit 0

scratch=$(mktemp -d /tmp/execguard-fetch.XXXXXX) || exit 1
trap 'rm -rf "$scratch"' EXIT
chmod 0755 "$scratch"
mkdir -p "$folder" "$scratch/lists/partial" "$scratch/source"
suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
cat >"$scratch/list.sources" <<-END
	Types: deb-src
	URIs: http://deb.debian.org/debian
	Suites: $suite
	Components: main
	Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
END

private_apt() {
	apt-get -qq -o Dir::Etc::sourcelist="$scratch/list.sources" \
	    -o Dir::Etc::sourceparts=/dev/null \
	    -o Dir::State::lists="$scratch/lists" \
	    -o APT::Sandbox::User=root "$@"
}

{
	private_apt update &&
	    (cd "$scratch/source" && private_apt source --download-only $PACKAGE)
} >"$scratch/log" 2>&1 || {
	echo "bench: $PACKAGE was not fetched: $(tail -n 1 "$scratch/log")" >&2
	exit 0
}
cp "$scratch/source/$PACKAGE"_*.orig.tar.gz "$folder/package.tar.gz"
for description in "$scratch/source"/*.dsc; do
	basename "$description" .dsc
done >"$folder/package"

#!/bin/sh
# fetch.sh FOLDER - the source of a real package to configure and build:
# FOLDER/package.tar.gz, and in FOLDER/package its name.  Where it does not come,
# the rows that need it say so.

PACKAGE=dash
folder=$1
[ ! -e "$folder/package.tar.gz" ] || exit 0
sh "$(dirname "$0")/../source.sh" "$folder" $PACKAGE || exit 0
cp "$folder/sources/$PACKAGE"_*.orig.tar.gz "$folder/package.tar.gz"
basename "$folder/sources/$PACKAGE"_*.dsc .dsc >"$folder/package"

#!/bin/sh
# Every script, and what it sources.
. "$(dirname "$0")/lib.sh"
need shellcheck

# SC1090, SC1091: what is sourced is found by a variable, and checked itself.
# SC2016: awk and inner shells have their own dollars.
# SC2034, SC2154: a library and its users set variables for each other.
list '*.sh' bootstrap run | tr '\n' '\0' |
    xargs -0 -r shellcheck -f gcc -e SC1090,SC1091,SC2016,SC2034,SC2154 | report

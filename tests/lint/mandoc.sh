#!/bin/sh
# mandoc - the manual pages are clean mdoc.
. "$(dirname "$0")/lib.sh"
need mandoc

list '*.[1-8]' | grep '^docs/man/' | tr '\n' '\0' |
    xargs -0 -r mandoc -T lint -W warning 2>&1 | report

#!/bin/sh
# cppcheck - the product, for what a compiler does not say.
. "$(dirname "$0")/lib.sh"
need cppcheck

# memleak: does not know the cleanup attribute behind SCOPED.
# legacyUninitvar: does not know that a struct iovec is written through.
# shellcheck disable=SC2046 # one word a file
cppcheck -q -j 2 --std=c11 -I. -D_GNU_SOURCE -D__x86_64__ -D__linux__ \
    -DGUARDD_PATH='"guardd"' -DCONF_PATH='"execguard.d"' -DRUN_PATH='"run"' \
    --enable=warning,performance,portability --inline-suppr \
    --suppress=memleak --suppress=legacyUninitvar \
    --suppress=missingIncludeSystem --suppress=unmatchedSuppression \
    --template='{file}:{line}: {id}: {message}' \
    $(product '*.c') 2>&1 | report

"""Compare what the tests of a suite said without a guard and with one.

compare.py differing RESULTS SUITE WAY...   names to be run again
compare.py judge RESULTS SUITE WAY...       a row of the table, and why

RESULTS/SUITE.WAY.ROUND holds lines "RESULT NAME"; round 0 is that of all tests,
the others are those of what differed.  A way is compared with the way `bare'.
"""

import collections
import sys

ABSENT = 'absent'


def read(folder, suite, way, number):
    """Name -> what came of it: one word, or several for a name used twice."""
    found = collections.defaultdict(list)
    try:
        with open(f'{folder}/{suite}.{way}.{number}', errors='replace') as file:
            for line in file:
                word, _, name = line.rstrip('\n').partition(' ')
                if word in ('pass', 'fail', 'skip'):
                    found[name].append(word)
    except FileNotFoundError:
        return None
    return {name: ' '.join(sorted(words)) for name, words in found.items()}


def rounds(folder, suite, way):
    """What the repetitions said, in order."""
    number = 1
    while (results := read(folder, suite, way, number)) is not None:
        yield results
        number += 1


def differing(folder, suite, way):
    bare = read(folder, suite, 'bare', 0)
    guarded = read(folder, suite, way, 0)
    return sorted(name for name in bare.keys() | guarded.keys()
                  if bare.get(name, ABSENT) != guarded.get(name, ABSENT))


def verdicts(folder, suite, way):
    """For each name that differed: kind, bare, guarded, how often."""
    bare = [read(folder, suite, 'bare', 0)]
    bare += rounds(folder, suite, 'bare')
    guarded = list(rounds(folder, suite, way))
    for name in differing(folder, suite, way):
        without = {results.get(name, ABSENT) for results in bare}
        first = bare[0].get(name, ABSENT)
        again = [results.get(name, ABSENT) for results in guarded]
        other = [word for word in again if word != first]
        with_guard = read(folder, suite, way, 0).get(name, ABSENT)
        if {with_guard, *other} <= without:
            kind = 'flaky'
        elif not other and again:
            kind = 'once'
        else:
            kind = 'differs'
        yield name, kind, first, with_guard, f'{len(other)} of {len(again)}'


def judge(folder, suite, ways):
    bare = read(folder, suite, 'bare', 0)
    count = collections.Counter(
        word for words in bare.values() for word in words.split())
    row = [suite, sum(count.values()), count['pass'], count['fail'],
           count['skip']]
    flaky, details, n_differ = {}, [], 0
    for way in ways:
        differ = 0
        for name, kind, without, guarded, often in verdicts(folder, suite, way):
            if kind == 'differs':
                differ += 1
                details.append(f'{suite}, {way}: {name}: {without} without, '
                               f'{guarded} with, again {often}')
            else:
                flaky[name] = f'{suite}: {name}: {kind}'
        row.append(differ)
        n_differ += differ
    row.append(len(flaky))
    print('| ' + ' | '.join(str(cell) for cell in row) + ' |')
    with open(f'{folder}/{suite}.details', 'w') as file:
        for line in details + sorted(flaky.values()):
            file.write(line + '\n')
    return n_differ


if __name__ == '__main__':
    verb, folder, suite, *ways = sys.argv[1:]
    if verb == 'differing':
        for name in sorted({name for way in ways
                            for name in differing(folder, suite, way)}):
            print(name)
    else:
        sys.exit(1 if judge(folder, suite, ways) else 0)

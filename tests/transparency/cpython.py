"""One file of CPython's tests, or one case of it: results on descriptor 3.

cpython.py MODULE FOLDER [:CASE]
"""

import os
import sys
import unittest

from test import support


class Result(unittest.TextTestResult):
    """What came of each case, a line each; a case failed if a subtest did."""

    def startTest(self, test):
        super().startTest(test)
        self.word = 'pass'

    def stopTest(self, test):
        super().stopTest(test)
        name = test.id().split('.', 2)[-1]
        os.write(3, f'{self.word} {MODULE}: {name}\n'.encode())

    def addError(self, test, err):
        super().addError(test, err)
        self.fell(test)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.fell(test)

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self.word = 'fail'

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.word = 'skip'

    def addUnexpectedSuccess(self, test):
        super().addUnexpectedSuccess(test)
        self.word = 'fail'

    def fell(self, test):
        self.word = 'fail'
        # A class or module that could not be set up has no cases.
        if not isinstance(test, unittest.TestCase):
            os.write(3, f'fail {MODULE}: {test.id()}\n'.encode())


if __name__ == '__main__':
    MODULE = sys.argv[1]
    case = sys.argv[3][1:] if len(sys.argv) > 3 else ''
    os.chdir(sys.argv[2])
    os.set_inheritable(3, False)
    support.use_resources = []
    name = f'test.{MODULE}' + (f'.{case}' if case else '')
    tests = unittest.defaultTestLoader.loadTestsFromName(name)
    unittest.TextTestRunner(resultclass=Result, verbosity=2).run(tests)

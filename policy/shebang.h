/*
 * shebang.h - the interpreter that a #! line names.
 *
 * Floor 1a, pure.  Follows fs/binfmt_script.c of Linux 5.4 and later: the
 * kernel reads SHEBANG_MAX bytes; the line ends at a newline or at their end;
 * blanks and tabs are trimmed; a name that was cut off by the end of the
 * buffer is refused with ENOEXEC.
 */
#ifndef EXECGUARD_SHEBANG_H
#define EXECGUARD_SHEBANG_H

#include "common/span.h"

#define SHEBANG_MAX 256 /* BINPRM_BUF_SIZE, linux/binfmts.h */

enum shebang {
	SHEBANG_BROKEN = 0, /* begins with #!, and the kernel would refuse it */
	SHEBANG_NONE,       /* does not begin with #! */
	SHEBANG_FOUND,
};

/* head is the file's first SHEBANG_MAX bytes (or all, if fewer). */
enum shebang shebang_interpreter(struct span head, char out[SHEBANG_MAX]);

#endif

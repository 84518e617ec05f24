/* What an inspector that has been taken over may answer: policy/inspection.h.
 */
#include "policy/inspection.h"
#include "tests/fuzz/fuzz.h"

/* Whatever the guard believes fits into the enums and arrays that it fills. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct inspection answer = { 0 };

	memcpy(&answer, data, size < sizeof(answer) ? size : sizeof(answer));
	if (!inspection_is_sound(&answer))
		return 0;
	insist(answer.ticket != 0 && answer.shebang <= SHEBANG_FOUND);
	insist(answer.kind <= ELF_LIBRARY && answer.stack <= ELF_STACK_PLAIN);
	insist(answer.algorithm < DIGEST_ALGORITHMS);
	insist(strnlen(answer.interpreter, SHEBANG_MAX) < SHEBANG_MAX);
	insist(strnlen(answer.loader, INSPECTION_LOADER) < INSPECTION_LOADER);
	return 0;
}

#include "common/text.h"

void
text_escape(const char *text, char *dst, size_t size)
{
	static const char digits[] = "0123456789abcdef";
	size_t n = 0;

	for (const char *c = text; *c != '\0'; c++) {
		unsigned char byte = (unsigned char)*c;

		if (byte >= ' ' && byte <= '~' && byte != '\\') {
			if (n + 1 >= size)
				break;
			dst[n++] = *c;
		} else if (byte == '\\') {
			if (n + 2 >= size)
				break;
			dst[n++] = '\\';
			dst[n++] = '\\';
		} else {
			if (n + 4 >= size)
				break;
			dst[n++] = '\\';
			dst[n++] = 'x';
			dst[n++] = digits[byte >> 4];
			dst[n++] = digits[byte & 15];
		}
	}
	dst[n] = '\0';
}

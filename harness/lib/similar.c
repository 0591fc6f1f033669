#include "harness/lib/similar.h"

#include <stddef.h>
#include <string.h>

#define WORD_MAX  40
#define TYPOS_MAX 2

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

static size_t distance(const char *a, size_t a_bytes, const char *b, size_t b_bytes)
{
	size_t far[WORD_MAX + 1][WORD_MAX + 1];

	for (size_t i = 0; i <= a_bytes; i++)
		for (size_t j = 0; j <= b_bytes; j++) {
			if (!i || !j) {
				far[i][j] = i + j;
				continue;
			}
			bool differs = a[i - 1] != b[j - 1];
			far[i][j] = smaller(smaller(far[i - 1][j], far[i][j - 1]) + 1, far[i - 1][j - 1] + differs);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				far[i][j] = smaller(far[i][j], far[i - 2][j - 2] + 1);
		}
	return far[a_bytes][b_bytes];
}

bool similar_is(const char *word, const char *other)
{
	size_t word_bytes = strlen(word), other_bytes = strlen(other);

	if (word_bytes > WORD_MAX || other_bytes > WORD_MAX)
		return false;
	size_t typos = distance(word, word_bytes, other, other_bytes);
	return typos <= TYPOS_MAX && 2 * typos < word_bytes;
}

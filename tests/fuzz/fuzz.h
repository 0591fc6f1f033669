/*
 * fuzz: what the fuzz targets share.
 *
 * A target is one function that takes any bytes, gives them to one reader of outside input, and checks what must
 * hold of whatever was read. `make fuzz` links it with libFuzzer, which makes up the bytes (LLVM, "libFuzzer"
 * manual); `make check` links it with replay.c, which gives it the inputs kept in corpus/.
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* The target. Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A condition that must hold in any build. A target reports a bug by ending the process. */
#define fuzz_require(condition) fuzz_require_that(condition, #condition, __FILE__, __LINE__)

static inline void fuzz_require_that(_Bool good, const char *condition, const char *file, int line)
{
	if (good)
		return;
	fprintf(stderr, "%s:%d: not so: %s\n", file, line, condition);
	abort();
}

/* The input as a string, which ends at its first NUL, with no byte of room after it. Freed by the caller. */
static inline char *fuzz_text(const uint8_t *data, size_t size)
{
	size_t bytes = strnlen((const char *)data, size);
	char *text = malloc(bytes + 1);

	fuzz_require(text != NULL);
	memcpy(text, data, bytes);
	text[bytes] = 0;
	return text;
}

/* The path of a file that holds the input, until the next call. The file is in memory and needs no cleaning up. */
static inline const char *fuzz_file(const uint8_t *data, size_t size)
{
	static int fd = -1;
	static char path[64];

	if (fd < 0) {
		fd = memfd_create("fuzz", MFD_CLOEXEC);
		snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	}
	fuzz_require(ftruncate(fd, 0) == 0 && pwrite(fd, data, size, 0) == (ssize_t)size);
	return path;
}

#endif

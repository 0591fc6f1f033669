/*
 * build: what this benchctl was built from and how, stamped into every result.
 */
#ifndef HARNESS_HOST_BUILD_H
#define HARNESS_HOST_BUILD_H

#include <stdbool.h>

extern const char build_version[]; /* "0.1.0", of the last tag */
extern const char build_commit[], build_compiler[], build_flags[];

/* Whether figures of this build are a benchmark: it is optimized, and no sanitizer is in it. */
bool build_is_benchmark(void);

#endif

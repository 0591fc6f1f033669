#include "harness/host/build.h"

/* BUILD_VERSION, BUILD_COMMIT, BUILD_COMPILER and BUILD_FLAGS come from the Makefile. */
const char build_version[] = BUILD_VERSION;
const char build_commit[] = BUILD_COMMIT;
const char build_compiler[] = BUILD_COMPILER;
const char build_flags[] = BUILD_FLAGS;

#if defined __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
#define SANITIZED 1
#endif

bool build_is_benchmark(void)
{
#if defined SANITIZED || !defined __OPTIMIZE__
	return false;
#else
	return true;
#endif
}

#include "harness/host/build.h"

/* BUILD_COMMIT, BUILD_FLAGS and BUILD_DATA come from the Makefile. */
const char build_version[] = "0.1.0";
const char build_commit[] = BUILD_COMMIT;
const char build_compiler[] = BUILD_COMPILER;
const char build_flags[] = BUILD_FLAGS;
const char build_data_folder[] = BUILD_DATA;

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

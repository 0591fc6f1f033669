#include "harness/cmd/data.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The program of a sanitizer's variant is three folders below the checkout: build/VARIANT/benchctl. */
#define LEVELS_UP 3

static bool is_there(char out[DATA_PATH], const char *folder, const char *below, const char *name)
{
	int length = snprintf(out, DATA_PATH, "%s%s/%s", folder, below, name);

	return length < DATA_PATH && access(out, R_OK) == 0;
}

char *data_find(char out[DATA_PATH], const char *name, struct err *err)
{
	char folder[DATA_PATH];
	ssize_t bytes = readlink("/proc/self/exe", folder, sizeof folder - 1); /* proc(5) */

	folder[bytes > 0 ? bytes : 0] = 0;
	for (int up = 0; up < LEVELS_UP; up++) {
		char *slash = strrchr(folder, '/'), marked[DATA_PATH];
		if (!slash)
			break;
		*slash = 0;
		/* A folder is a checkout by more than one file: /bench.conf may be anybody's. */
		if ((is_there(marked, folder, "", "templates/chart.gp") && is_there(out, folder, "", name)) ||
		    is_there(out, folder, "/lib/benchctl", name))
			return out;
	}
	err_set(err, "there is no %s beside the program: neither a checkout nor an installation is around it", name);
	return NULL;
}

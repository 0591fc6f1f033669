#include "harness/host/procfile.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

FILE *procfile_open(const char *root, const char *path)
{
	char whole[PROCFILE_PATH];

	if (snprintf(whole, sizeof whole, "%s%s", root, path) >= (int)sizeof whole)
		return NULL;
	return fopen(whole, "re");
}

bool procfile_line(const char *root, const char *path, char *out, size_t room)
{
	FILE *file = procfile_open(root, path);

	out[0] = 0;
	if (!file)
		return false;
	if (!fgets(out, (int)room, file))
		out[0] = 0;
	out[strcspn(out, "\n")] = 0;
	fclose(file);
	return true;
}

uint64_t procfile_number(const char *root, const char *path, uint64_t fallback)
{
	char text[64];

	if (!procfile_line(root, path, text, sizeof text) || !isdigit((unsigned char)text[0]))
		return fallback;
	return strtoull(text, NULL, 10);
}

#include "harness/lib/directory.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

int directory_make(const char *folder, struct err *err)
{
	char path[4096];
	struct stat found;

	if (snprintf(path, sizeof path, "%s", folder) >= (int)sizeof path)
		return err_set(err, "the path of folder %.200s is too long", folder);
	for (char *slash = path + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = 0;
		if (mkdir(path, 0777) && errno != EEXIST)
			return err_set_errno(err, "folder %s cannot be made", path);
		*slash = '/';
	}
	if (mkdir(path, 0777) && errno != EEXIST)
		return err_set_errno(err, "folder %s cannot be made", path);
	if (stat(path, &found) || !S_ISDIR(found.st_mode))
		return err_set(err, "%s is not a folder", path);
	return 0;
}

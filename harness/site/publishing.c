#include "harness/site/publishing.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void publishing_tell(const struct publishing *p, const char *format, ...)
{
	char text[1000];
	va_list args;

	if (!p->request->tell)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	p->request->tell(p->request->context, text);
}

int publishing_is_stopped(const struct publishing *p, struct err *err)
{
	return p->request->stop && *p->request->stop ? err_set(err, "interrupted") : 0;
}

void publishing_changed(struct publishing *p)
{
	free(p->runs_text);
	p->runs_text = NULL;
}

int publishing_put(struct publishing *p, struct site_files *files, const char *path, struct err *err)
{
	struct site_file file = { .path = (char *)path };
	const struct site_file *known = files ? site_file(files, path) : NULL;
	enum store_state state = STORE_OTHER;
	char local[STAGING_PATH];

	staging_path(local, &p->staging, path);
	if (publishing_is_stopped(p, err) || store_hash(local, &file.bytes, file.sha256, err))
		return -1;
	if (known && !p->request->renew && strcmp(known->sha256, file.sha256) == 0)
		state = STORE_SAME;
	else if (p->store->ops->look(p->store, &file, &state, err))
		return -1;
	if (state == STORE_SAME) {
		p->done->kept++;
	} else {
		if (p->store->ops->put(p->store, path, local, err))
			return -1;
		p->done->sent++;
		if (p->request->tells_files)
			publishing_tell(p, "%s: sent", path);
		p->done->sent_bytes += file.bytes;
	}
	return files && site_file_set(files, path, file.bytes, file.sha256) ? err_set(err, "out of memory") : 0;
}

int publishing_is_ours(struct publishing *p, const char *path, struct err *err)
{
	struct site_file file = { .path = (char *)path };
	enum store_state state;

	if (site_file(&p->site.files, path) || p->request->rebuild)
		return 0;
	if (p->store->ops->look(p->store, &file, &state, err))
		return -1;
	return state == STORE_ABSENT ? 0
				     : err_set(err,
					       "%s has a file %s that benchctl has not written, and does not replace: "
					       "choose another place, or remove it",
					       p->store->name, path);
}

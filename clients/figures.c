#include "clients/figures.h"

#define FIGURE(path, kind, presence, merge_, member, unit_, group_, ...)                                     \
	FIELD_ROW(struct load_figures, path, kind, presence, member, .merge = FIELD_##merge_, .unit = unit_, \
		  .group = group_, ##__VA_ARGS__),

const struct field load_figures[] = {
#include "clients/figures.def"
	{ .path = NULL }
};

#include "clients/figures.h"

#define FIGURE(path_, kind_, presence_, merge_, member, unit_, group_, ...) \
	{ .path = path_,                                                    \
	  .kind = FIELD_##kind_,                                            \
	  .presence = FIELD_##presence_,                                    \
	  .merge = FIELD_##merge_,                                          \
	  .offset = offsetof(struct load_figures, member),                  \
	  .unit = unit_,                                                    \
	  .group = group_,                                                  \
	  ##__VA_ARGS__ },

const struct field load_figures[] = {
#include "clients/figures.def"
	{ .path = NULL }
};

#include "harness/analysis/figures_2010.h"

#include <stddef.h>
#include <string.h>

static const struct figures_2010 figures[] = {
	{ "concurrence", 3446.41, 2777.78 },      { "concurrence_greenlet", 2855.61, 2517.62 },
	{ "concurrence_wsgi", 1591.80, 1234.72 }, { "concurrence_wsgi_greenlet", 1019.02, 963.39 },
	{ "eventlet", 4385.39, 2787.06 },         { "eventlet_wsgi", 1857.89, 1442.58 },
	{ "node_js", 4370.64, 3450.65 },          { "syncless", 8313.59, 4249.89 },
	{ "syncless_wsgi", 4281.65, 2836.07 },    { "syncless_wsgi_debug", 4281.65, 2836.07 },
	{ "tornado", 3228.51, 2287.28 },
};

const struct figures_2010 *figures_2010(const char *server)
{
	for (size_t i = 0; i < sizeof figures / sizeof *figures; i++)
		if (strcmp(figures[i].server, server) == 0)
			return &figures[i];
	return NULL;
}

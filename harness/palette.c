#include "harness/palette.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

const struct palette palette_light = {
	.background = "#ffffff", .ink = "#1a1a1a", .muted = "#5c5c5c", .grid = "#e4e4e4",
	.ceiling = "#8a8a8a", .ceiling_fill = "#f3f3f3", .context = "#c4c4c4", .error = "#e00000",
	.servers = { "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#000000", "#8a2be2", "#6b4a12", "#23308f" },
};

enum colour { BLUE, VERMILLION, GREEN, PINK, BLACK, VIOLET, BROWN, NAVY };
enum mark { CIRCLE, SQUARE, UP, DOWN, DIAMOND, PENTAGON };
enum dash { SOLID, DASHED, DASH_DOT, DOTTED };

static const struct known {
	const char *name;
	struct palette_style style;
} known[] = {
	{ "aiohttp", { BLUE, SQUARE, DASHED } },
	{ "asio_coroutine", { VIOLET, DIAMOND, DASHED } },
	{ "asyncio", { NAVY, SQUARE, SOLID } },
	{ "concurrence", { BROWN, SQUARE, SOLID } },
	{ "concurrence_greenlet", { BROWN, CIRCLE, DASH_DOT } },
	{ "concurrence_wsgi", { BROWN, DOWN, DASHED } },
	{ "concurrence_wsgi_greenlet", { BROWN, DIAMOND, DOTTED } },
	{ "erlang", { VERMILLION, CIRCLE, DASHED } },
	{ "eventlet", { BLUE, CIRCLE, SOLID } },
	{ "eventlet_wsgi", { NAVY, UP, DASHED } },
	{ "gevent", { BLACK, DOWN, SOLID } },
	{ "gevent_wsgi", { BLACK, DIAMOND, DASHED } },
	{ "go", { GREEN, CIRCLE, DASHED } },
	{ "libevent", { BLACK, CIRCLE, DASH_DOT } },
	{ "libuv", { GREEN, SQUARE, DASH_DOT } },
	{ "lua_cqueues", { NAVY, CIRCLE, DASH_DOT } },
	{ "nginx", { GREEN, UP, DOTTED } },
	{ "node_js", { GREEN, DIAMOND, SOLID } },
	{ "perl_coro", { PINK, UP, DASH_DOT } },
	{ "pth", { BROWN, UP, DASHED } },
	{ "python_threads", { VIOLET, DOWN, DASH_DOT } },
	{ "ruby_async", { VERMILLION, DIAMOND, DASH_DOT } },
	{ "state_threads", { VIOLET, SQUARE, SOLID } },
	{ "syncless", { PINK, CIRCLE, SOLID } },
	{ "syncless_wsgi", { PINK, SQUARE, DASHED } },
	{ "tokio", { VERMILLION, SQUARE, DOTTED } },
	{ "tornado", { VERMILLION, UP, SOLID } },
	{ "trio", { BLUE, DIAMOND, DASH_DOT } },
	{ "twisted", { VIOLET, CIRCLE, DOTTED } },
	{ "uvloop", { NAVY, DIAMOND, DOTTED } },
};

#define PAIRS (PALETTE_COLOURS * PALETTE_MARKS)

static const struct palette_style *find_known(const char *name)
{
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strcmp(known[i].name, name) == 0)
			return &known[i].style;
	return NULL;
}

/* FNV-1a, 64 bits (Fowler, Noll, Vo). */
static uint64_t hash(const char *name)
{
	uint64_t value = 0xcbf29ce484222325;

	for (; *name; name++)
		value = (value ^ (unsigned char)*name) * 0x100000001b3;
	return value ^ value >> 32;
}

/* The styles in the order in which they are tried: from one to the next the colour and the mark both change. */
static struct palette_style style_at(uint64_t first, unsigned tried)
{
	unsigned pair = (unsigned)((first + tried) % PAIRS);
	unsigned colour = pair % PALETTE_COLOURS;

	return (struct palette_style){
		.colour = colour,
		.mark = (pair / PALETTE_COLOURS + colour) % PALETTE_MARKS,
		.dash = (unsigned)((first / PAIRS + tried / PAIRS) % PALETTE_DASHES),
	};
}

void palette_assign(struct palette_style *styles, const char *const *names, size_t count)
{
	bool used[PALETTE_COLOURS][PALETTE_MARKS][PALETTE_DASHES] = { 0 };
	unsigned pairs[PALETTE_COLOURS][PALETTE_MARKS] = { 0 };
	unsigned pairs_used = 0;

	for (size_t i = 0; i < count; i++) {
		const struct palette_style *style = find_known(names[i]);
		if (!style)
			continue;
		styles[i] = *style;
		used[style->colour][style->mark][style->dash] = true;
		pairs_used += !pairs[style->colour][style->mark]++;
	}
	for (size_t i = 0; i < count; i++) {
		if (find_known(names[i]))
			continue;
		uint64_t first = hash(names[i]);
		struct palette_style style = style_at(first, 0);
		for (unsigned tried = 0; tried < PAIRS * PALETTE_DASHES; tried++) {
			style = style_at(first, tried);
			if (pairs_used < PAIRS ? !pairs[style.colour][style.mark]
					       : !used[style.colour][style.mark][style.dash])
				break;
		}
		styles[i] = style;
		used[style.colour][style.mark][style.dash] = true;
		pairs_used += !pairs[style.colour][style.mark]++;
	}
}

#include "harness/plot/palette.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

const struct palette palettes[PALETTES] = {
	{
		.suffix = "",
		.background = "#ffffff",
		.ink = "#1a1a1a",
		.muted = "#5c5c5c",
		.grid = "#e4e4e4",
		.control = "#6f6f6f",
		.context = "#939393",
		.error = "#e00000",
		.servers = { "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#000000", "#8a2be2", "#6b4a12", "#23308f",
			     "#780f4b", "#c3693c", "#ff0069", "#8787f0", "#691e69", "#5a5a3c", "#e100c3", "#b42d78" },
	},
	{
		.suffix = "-dark",
		.background = "#14171c",
		.ink = "#eceef1",
		.muted = "#a6acb5",
		.grid = "#2b3038",
		.control = "#959ca6",
		.context = "#666d77",
		.error = "#ff5050",
		.servers = { "#4b69ff", "#ff8700", "#00c387", "#f096c3", "#ffd2c3", "#b487ff", "#78874b", "#96c3ff",
			     "#1e8769", "#d24b00", "#a5ff5a", "#87f0ff", "#966996", "#96c369", "#d22dc3", "#e1f0a5" },
	},
};

const char *palette_colour(const struct palette *palette, unsigned index)
{
	const char *const others[] = {
		palette->background, palette->ink,     palette->muted, palette->grid,
		palette->control,    palette->context, palette->error,
	};

	_Static_assert(sizeof others / sizeof *others + PALETTE_COLOURS == PALETTE_ALL, "PALETTE_ALL counts them");
	return index < PALETTE_COLOURS ? palette->servers[index] : others[index - PALETTE_COLOURS];
}

int palette_find(unsigned red, unsigned green, unsigned blue)
{
	char wanted[32];

	snprintf(wanted, sizeof wanted, "#%02x%02x%02x", red, green, blue);
	for (unsigned i = 0; i < PALETTE_ALL; i++)
		if (strcmp(palette_colour(&palettes[0], i), wanted) == 0)
			return (int)i;
	return -1;
}

enum colour {
	BLUE,
	VERMILLION,
	GREEN,
	PINK,
	BLACK,
	VIOLET,
	BROWN,
	NAVY,
	MAROON,
	COPPER,
	ROSE,
	PERIWINKLE,
	PLUM,
	OLIVE,
	MAGENTA,
	BERRY
};
enum mark { CIRCLE, SQUARE, UP, DOWN, DIAMOND, PENTAGON };
enum dash { SOLID, DASHED, DASH_DOT, DOTTED };

/*
 * A fast and a slow server share a colour, so that a picture of all of them names only one of the two, and servers that
 * are seldom compared with each other. A revival has the colour of its original, and dots.
 */
static const struct known {
	const char *name;
	struct palette_style style;
} known[] = {
	{ "aiohttp", { MAROON, DIAMOND, DASHED } },
	{ "asio_coroutine", { COPPER, DIAMOND, DASHED } },
	{ "asyncio", { NAVY, SQUARE, SOLID } },
	{ "concurrence", { BROWN, SQUARE, SOLID } },
	{ "concurrence_greenlet", { GREEN, UP, DOTTED } },
	{ "concurrence_greenlet_revival", { GREEN, DOWN, DOTTED } },
	{ "concurrence_revival", { BROWN, UP, DOTTED } },
	{ "concurrence_wsgi", { OLIVE, DIAMOND, SOLID } },
	{ "concurrence_wsgi_greenlet", { MAGENTA, DIAMOND, SOLID } },
	{ "concurrence_wsgi_greenlet_revival", { MAGENTA, PENTAGON, DOTTED } },
	{ "concurrence_wsgi_revival", { OLIVE, PENTAGON, DOTTED } },
	{ "erlang", { PINK, UP, DASHED } },
	{ "eventlet", { BLUE, CIRCLE, SOLID } },
	{ "eventlet_wsgi", { COPPER, CIRCLE, DASH_DOT } },
	{ "gevent", { BLACK, DOWN, SOLID } },
	{ "gevent_wsgi", { PERIWINKLE, SQUARE, DASHED } },
	{ "go", { ROSE, CIRCLE, DASHED } },
	{ "libevent", { MAROON, CIRCLE, DASH_DOT } },
	{ "libuv", { MAGENTA, SQUARE, DASH_DOT } },
	{ "lua_cqueues", { NAVY, DIAMOND, DASH_DOT } },
	{ "nginx", { OLIVE, UP, DOTTED } },
	{ "node_js", { GREEN, DIAMOND, SOLID } },
	{ "perl_coro", { BLUE, UP, DASHED } },
	{ "pth", { VERMILLION, PENTAGON, DASH_DOT } },
	{ "python_threads", { BROWN, DOWN, DASHED } },
	{ "ruby_async", { BLACK, CIRCLE, DASH_DOT } },
	{ "state_threads", { VIOLET, DIAMOND, DASH_DOT } },
	{ "syncless", { PINK, CIRCLE, SOLID } },
	{ "syncless_revival", { PINK, SQUARE, DOTTED } },
	{ "syncless_wsgi", { BERRY, SQUARE, DASHED } },
	{ "syncless_wsgi_debug", { BERRY, UP, DASH_DOT } },
	{ "syncless_wsgi_revival", { BERRY, DOWN, DOTTED } },
	{ "tokio", { PLUM, SQUARE, DOTTED } },
	{ "tornado", { VERMILLION, UP, SOLID } },
	{ "trio", { PLUM, PENTAGON, DASH_DOT } },
	{ "twisted", { VIOLET, CIRCLE, DOTTED } },
	{ "uvloop", { PERIWINKLE, DIAMOND, DOTTED } },
};

static const struct palette_style *find_known(const char *name)
{
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strcmp(known[i].name, name) == 0)
			return &known[i].style;
	return NULL;
}

#define PAIRS (PALETTE_COLOURS * PALETTE_MARKS)

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
	bool taken[PALETTE_COLOURS][PALETTE_MARKS][PALETTE_DASHES] = { 0 };

	for (size_t i = 0; i < count; i++) {
		const struct palette_style *style = find_known(names[i]);
		if (!style)
			continue;
		styles[i] = *style;
		taken[style->colour][style->mark][style->dash] = true;
	}
	for (size_t i = 0; i < count; i++) {
		if (find_known(names[i]))
			continue;
		uint64_t first = hash(names[i]);
		bool is_taken = true;
		for (unsigned tried = 0; tried < PAIRS * PALETTE_DASHES && is_taken; tried++) {
			styles[i] = style_at(first, tried);
			is_taken = taken[styles[i].colour][styles[i].mark][styles[i].dash];
		}
		taken[styles[i].colour][styles[i].mark][styles[i].dash] = true;
	}
}

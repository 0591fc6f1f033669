#include "harness/plot/curves.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/analysis/summary.h"
#include "harness/lib/control.h"

int curves_init(struct curves *curves, const struct document *doc, struct err *err)
{
	const char **servers = summary_servers(doc, err);
	struct palette_style *styles = NULL;
	size_t count = 0;
	int result = -1;

	*curves = (struct curves){ 0 };
	if (!servers)
		return -1;
	while (servers[count])
		count++;
	curves->all = calloc(count + 1, sizeof *curves->all);
	styles = calloc(count + 1, sizeof *styles);
	if (!curves->all || !styles) {
		err_set(err, "out of memory");
		goto out;
	}
	/* The control server, which is first, does not use a style. */
	size_t unstyled = count && strcmp(servers[0], CONTROL_SERVER) == 0;
	palette_assign(styles + unstyled, servers + unstyled, count - unstyled);
	curves->servers = count;
	for (size_t i = 0; i < count; i++) {
		struct curve *curve = &curves->all[i];
		*curve = (struct curve){
			.server = servers[i],
			.style = styles[i],
			.index = i,
			.score = NAN,
			.is_control = strcmp(servers[i], CONTROL_SERVER) == 0,
		};
		picture_name(curve->name, doc, servers[i]);
	}
	result = 0;
out:
	free(servers);
	free(styles);
	return result;
}

void curves_release(struct curves *curves)
{
	free(curves->all);
	curves->all = NULL;
}

int curves_copy(struct curves *curves, const struct curves *from, struct err *err)
{
	*curves = *from;
	curves->all = calloc(from->servers + 1, sizeof *curves->all);
	if (!curves->all)
		return err_set(err, "out of memory");
	memcpy(curves->all, from->all, from->servers * sizeof *curves->all);
	return 0;
}

/* The order: the control server, servers without a name, with a name, without a figure, not measured. */
static int group(const struct curve *curve)
{
	if (isnan(curve->score))
		return curve->measured ? 3 : 4;
	return curve->is_control ? 0 : curve->is_named ? 2 : 1;
}

static int curve_order(const void *a, const void *b)
{
	const struct curve *x = a, *y = b;

	if (group(x) != group(y))
		return group(x) - group(y);
	if (isnan(x->score))
		return strcmp(x->server, y->server);
	if (x->score != y->score)
		return x->score < y->score ? -1 : 1;
	return strcmp(y->server, x->server);
}

/* Names the servers with the highest scores; in the first round only one of each colour. */
static void choose_names(struct curves *curves, size_t names)
{
	bool used[PALETTE_COLOURS] = { 0 };

	for (int round = 0; round < 2; round++)
		for (size_t i = curves->count; i-- > curves->controls && names;) {
			struct curve *curve = &curves->all[i];
			if (curve->is_named || (!round && used[curve->style.colour]))
				continue;
			curve->is_named = true;
			used[curve->style.colour] = true;
			names--;
		}
}

void curves_rank(struct curves *curves, size_t names)
{
	curves->count = curves->controls = curves->failed = 0;
	for (size_t i = 0; i < curves->servers; i++) {
		struct curve *curve = &curves->all[i];
		curve->is_named = false;
		curves->count += !isnan(curve->score);
		curves->controls += !isnan(curve->score) && curve->is_control;
		curves->failed += isnan(curve->score) && curve->measured;
	}
	qsort(curves->all, curves->servers, sizeof *curves->all, curve_order);
	choose_names(curves, names - curves->controls);
	if (curves->controls)
		curves->all[0].is_named = true;
	qsort(curves->all, curves->servers, sizeof *curves->all, curve_order);
	for (curves->contexts = 0; curves->controls + curves->contexts < curves->count; curves->contexts++)
		if (curves->all[curves->controls + curves->contexts].is_named)
			break;
}

const struct curve *curves_named(const struct curves *curves, size_t rank)
{
	size_t named = curves->count - curves->controls - curves->contexts;

	if (rank < named)
		return &curves->all[curves->count - 1 - rank];
	return rank == named && curves->controls ? &curves->all[0] : NULL;
}

void curves_label(const struct curve *curve, struct picture *picture, const char *name, const char *detail)
{
	struct picture_label *label = picture_label(picture, name, detail);

	label->style = curve->style;
	label->is_control = curve->is_control;
}

void curves_list(const struct curves *curves, struct picture *picture)
{
	const struct curve *curve;

	for (size_t rank = 0; (curve = curves_named(curves, rank)); rank++)
		curves_label(curve, picture, curve->name, "");
	picture_fit(picture);
}

void curves_key(const struct curves *curves, struct picture *picture, const char *which, const char *what)
{
	char text[PICTURE_TEXT];

	snprintf(text, sizeof text, "%zu %s %s%s", curves->contexts, which,
		 curves->contexts == 1 ? "server" : "servers", what);
	if (curves->contexts)
		picture_key(picture, "context", text);
}

void curves_note_versions(const struct curves *curves, struct picture *picture, bool of_all)
{
	char text[2048] = "Versions: ", version[PICTURE_TEXT];
	size_t said = 0, more = 0;

	/* From the highest score down; servers with the same text are listed together. */
	for (size_t i = curves->count; i-- > curves->controls;) {
		const struct curve *curve = &curves->all[i];
		picture_version(version, picture->doc, curve->server, curve->name);
		if (!*version || (!of_all && !curve->is_named) || strstr(text, version))
			continue;
		if (!more && picture_list_add(picture, text, sizeof text, said ? ", " : "", version))
			said++;
		else
			more++;
	}
	if (more)
		picture_add(text, sizeof text, said ? ", and " : "", "%zu more", more);
	if (said + more)
		picture_note(picture, text);
}

/* Names after a heading, in the order of the array or from its end: of curves the highest score is the last one. */
static void note_names(const struct curve *from, size_t count, bool from_last, struct picture *picture,
		       const char *heading)
{
	char text[2048];
	size_t named = 0;

	snprintf(text, sizeof text, "%s", heading);
	while (named < count && picture_list_add(picture, text, sizeof text, named ? ", " : "",
						 from[from_last ? count - 1 - named : named].name))
		named++;
	if (named < count)
		picture_add(text, sizeof text, named ? ", and " : "", "%zu%s", count - named, named ? " more" : "");
	if (count)
		picture_note(picture, text);
}

void curves_note_contexts(const struct curves *curves, struct picture *picture, const char *heading)
{
	note_names(curves->all + curves->controls, curves->contexts, true, picture, heading);
}

void curves_note_failed(const struct curves *curves, struct picture *picture, const char *heading)
{
	if (curves->count)
		note_names(curves->all + curves->count, curves->failed, false, picture, heading);
}

void curves_message(const struct curves *curves, struct picture *picture, const char *heading)
{
	if (curves->count)
		return;
	picture_message(picture, heading);
	for (size_t i = 0; i < curves->failed && picture->message_count < PICTURE_MESSAGE; i++) {
		const struct curve *curve = &curves->all[curves->count + i];
		char text[2048];
		snprintf(text, sizeof text, "%s: %.1500s", curve->name,
			 curve->error ? curve->error : "no right response");
		if (picture->message_count + 1 == PICTURE_MESSAGE && i + 1 < curves->failed)
			snprintf(text, sizeof text, "and %zu more", curves->failed - i);
		picture_message(picture, text);
	}
}

#include "harness/plot/plot.h"

#include <stdlib.h>
#include <string.h>

#include "harness/cmd/common.h"
#include "harness/cmd/data.h"
#include "harness/cmd/runs.h"
#include "harness/config/levels.h"
#include "harness/lib/folder.h"
#include "harness/record/result.h"
#include "harness/record/selection.h"

struct plot_settings {
	char *out, *kinds, *servers, *modes, *title, *subtitle, *size, *format, *results;
	char **labels;
	struct levels levels;
	int scale;
	bool help;
};

#define SETTINGS_FIELD(kind, name) OPTION_FIELD(kind, struct plot_settings, name)

/* In the order of enum plot_scale. */
static const char *const scales[] = { "usual", "log", "linear", NULL };

static const struct option_def plot_options[] = {
	{ "out", 'o', OPTION_FIELD(text, struct plot_settings, out), .placeholder = "FOLDER",
	  .help = "where to draw (plots/NAME, with the name of the run)" },
	{ "kinds", 'k', OPTION_FIELD(text, struct plot_settings, kinds), .placeholder = "LIST",
	  .help = "which pictures: of answer, hero, panels, shape, percentiles, cost, errors, latency, sequential, preview (all)" },
	{ "servers", 's', SETTINGS_FIELD(text, servers), .placeholder = "LIST",
	  .help = "which servers, besides the control server (all)" },
	{ "levels", 'c', SETTINGS_FIELD(levels, levels), .placeholder = "LIST",
	  .help = "which numbers of connections, as 1,64,1024 or 1..4096 (all)" },
	{ "mode", 'm', SETTINGS_FIELD(text, modes), .placeholder = "LIST", .help = "which modes (all)" },
	{ "label", 0, SETTINGS_FIELD(texts, labels), .placeholder = "RUN=NAME",
	  .help = "all runs in the same pictures, the servers of this one with NAME after theirs: before and after, two hosts; once for "
		  "each run; notes on the host are of the first" },
	{ "title", 0, SETTINGS_FIELD(text, title), .placeholder = "TEXT", .help = "title of each picture" },
	{ "subtitle", 0, SETTINGS_FIELD(text, subtitle), .placeholder = "TEXT", .help = "the line below it" },
	{ "size", 0, SETTINGS_FIELD(text, size), .placeholder = "WxH",
	  .help = "in pixels of an SVG; a picture is higher where it has to be (1200x720)" },
	{ "format", 0, SETTINGS_FIELD(text, format), .placeholder = "LIST", .help = "of svg, png, pdf (svg,png)" },
	{ "scale", 0, SETTINGS_FIELD(choice, scale), .choices = scales, .fallback = "usual",
	  .help = "of rates: usual is linear, and logarithmic in the picture of all servers" },
#include "harness/config/settings_results.def"
	{ "help", 'h', OPTION_FIELD(flag, struct plot_settings, help), .help = "this text" },
	{ .name = NULL }
};

/* What is drawn, and how. */
struct plotting {
	const struct plot_settings *settings;
	unsigned kinds;
	struct plot_look look;
};

/* The pictures take the places of those that are there, all at once. Returns 0, or -1 with err set. */
static int pictures_replace(const struct document *document, const struct plotting *plotting, const char *templates,
			    const char *to, struct err *err)
{
	struct folder_replacement folder;

	if (folder_replace(&folder, to, err))
		return -1;
	return folder_replaced(&folder, NULL,
			       plot_draw(document, plotting->kinds, &plotting->look, folder.staged, templates, NULL,
					 &common_stop, err),
			       err);
}

/* Reads the part of a run that is asked for. Returns 0, or -1 with err set; the document is to be released in both cases. */
static int part_read(struct document *document, char path[RUNS_PATH], const struct plot_settings *settings,
		     const char *word, struct err *err)
{
	const struct selection selection = { settings->servers, settings->modes, &settings->levels };

	if (runs_read(document, path, settings->results, word, err))
		return -1;
	return selection_apply(&selection, document, err) ? err_prefix(err, "%s", word) : 0;
}

/* The label of a run, or the word that means it. */
static const char *label_of(const struct plot_settings *settings, const char *word)
{
	size_t bytes = strlen(word);

	for (size_t i = 0; settings->labels[i]; i++)
		if (strncmp(settings->labels[i], word, bytes) == 0 && settings->labels[i][bytes] == '=')
			return settings->labels[i] + bytes + 1;
	return word;
}

/* Reads several runs as one; the path is that of the first. Returns 0, or -1 with err set; as part_read(). */
static int parts_join(struct document *document, char path[RUNS_PATH], const struct plot_settings *settings,
		      char *const *words, int count, struct err *err)
{
	for (int i = 0; i < count; i++) {
		struct document part;
		char ignored[RUNS_PATH];
		struct document *into = i ? &part : document;
		if (part_read(into, i ? ignored : path, settings, words[i], err) ||
		    selection_label(into, label_of(settings, words[i]), err)) {
			if (i)
				document_release(&part);
			return -1;
		}
		if (i && selection_join(document, &part, err))
			return -1;
	}
	return 0;
}

/* Draws a run, or several as one where they have labels. Returns the exit code. */
static int words_plot(const struct plotting *plotting, char *const *words, int count)
{
	const struct plot_settings *settings = plotting->settings;
	struct document document = { 0 };
	char path[RUNS_PATH], room[DATA_PATH], *folder = NULL;
	struct err err;
	int code = EXIT_OK;

	if (settings->labels ? parts_join(&document, path, settings, words, count, &err)
			     : part_read(&document, path, settings, *words, &err)) {
		code = complain(&command_plot, EXIT_USAGE, "%s", err.text);
		goto out;
	}
	folder = settings->out ? strdup(settings->out) : runs_plots(path, settings->results);
	const char *templates = data_find(room, "templates", &err);
	common_catch_signals();
	if (!templates || !folder || pictures_replace(&document, plotting, templates, folder, &err))
		code = complain(&command_plot, common_stop ? EXIT_INTERRUPTED : EXIT_NO_RUN, "%s",
				folder ? err.text : "out of memory");
	else
		printf("%s\n", folder);
out:
	free(folder);
	document_release(&document);
	return code;
}

/* Whether each label is of a run. */
static int labels_check(const struct plot_settings *settings, char *const *words, int count, struct err *err)
{
	for (size_t i = 0; settings->labels && settings->labels[i]; i++) {
		const char *label = settings->labels[i], *equal = strchr(label, '=');
		bool is_known = false;
		if (!equal || !equal[1])
			return err_set(err, "'%.100s' is not RUN=NAME", label);
		for (int j = 0; j < count && !is_known; j++)
			is_known = strlen(words[j]) == (size_t)(equal - label) &&
				   strncmp(words[j], label, strlen(words[j])) == 0;
		if (!is_known)
			return err_set(err, "'%.*s' is none of the runs", (int)(equal - label), label);
	}
	return 0;
}

/* Fills what the options say. Returns 0, or -1 with err set, which names the option. */
static int plotting_fill(struct plotting *plotting, const struct plot_settings *settings, char *const *words, int count,
			 struct err *err)
{
	*plotting = (struct plotting){
		.settings = settings,
		.kinds = PLOT_ALL,
		.look = { .title = settings->title, .subtitle = settings->subtitle, .scale = settings->scale },
	};
	if (settings->out && count > 1 && !settings->labels)
		return err_set(err, "--out is for one run, or for several with --label");
	if (!settings->out && count > 1 && settings->labels)
		return err_set(err, "several runs in the same pictures: --out says where these go");
	if (settings->kinds && plot_kinds_parse(&plotting->kinds, settings->kinds, err))
		return err_prefix(err, "--kinds");
	if (settings->format && plot_formats_parse(&plotting->look, settings->format, err))
		return err_prefix(err, "--format");
	if (settings->size && plot_size_parse(&plotting->look, settings->size, err))
		return err_prefix(err, "--size");
	return labels_check(settings, words, count, err) ? err_prefix(err, "--label") : 0;
}

static int plot_run(int argc, char **argv)
{
	struct plot_settings settings = { 0 };
	struct plotting plotting;
	struct err err;
	int code, operands = command_parse(&command_plot, &settings, argc, argv, 1, argc > 1 ? argc : 1, &code);

	if (operands > 0 && plotting_fill(&plotting, &settings, argv, operands, &err)) {
		code = complain(&command_plot, EXIT_USAGE, "%s", err.text);
		operands = 0;
	}
	int at_once = settings.labels ? operands : 1;
	for (int i = 0; i < operands && !common_stop; i += at_once) {
		int failed = words_plot(&plotting, argv + i, at_once);
		code = code ? code : failed;
	}
	options_release(plot_options, &settings);
	return code;
}

const struct command command_plot = {
	.name = "plot",
	.operands = "RUN..",
	.summary = "draw the graphs of a run, as SVG and PNG",
	.options = plot_options,
	.run = plot_run,
};

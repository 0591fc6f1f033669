/*
 * runs: where runs are, and which of them somebody means.
 *
 * A run is a folder, NAME in the folder of results (--results), with its run.json and its ledger. Commands that write one take
 * the NAME, or the path of a folder that is to be made. Commands that read one take what people type:
 *
 *     results/NAME/run.json    a file
 *     results/NAME             a folder with a run.json in it
 *     NAME                     a run in the folder of results
 *     latest                   the one of them whose run.json is the newest
 */
#ifndef HARNESS_CMD_RUNS_H
#define HARNESS_CMD_RUNS_H

#include "harness/lib/err.h"
#include "harness/record/document.h"

/* The room of a path of a run's folder, and of a file in it. */
#define RUNS_FOLDER 1024
#define RUNS_PATH   (RUNS_FOLDER + 40)

/*
 * The folder of a run to be made, into out: `name` in the folder of results; with a '/' it is a path of its own. NULL stands for
 * the date and time, with a number where that is taken. Returns 0, or -1 with err set: it is not a valid name.
 */
int runs_folder(char out[RUNS_FOLDER], const char *results, const char *name, struct err *err);

/* Makes that folder, which must not exist: no run is overwritten. Returns 0, or -1 with err set. */
int runs_make_folder(const char *folder, struct err *err);

/* The run.json that a word means, see above, into out. Returns 0; or -1 with err set: there is none. */
int runs_find(char out[RUNS_PATH], const char *results, const char *word, struct err *err);

/*
 * The same for several words: a list of paths that ends with NULL, freed with argv_free(). NULL with err set: one is not there, or
 * memory is out.
 */
char **runs_find_all(char *const *words, int count, const char *results, struct err *err);

/*
 * Reads the run that a word means; its run.json is stored in path. Of a run that is not finished the cells are those of its
 * ledger so far, which stderr says unless it is quiet. Returns 0, or -1 with err set. Release the document in both cases.
 */
int runs_read(struct document *document, char path[RUNS_PATH], const char *results, const char *word, struct err *err);

/*
 * Where pictures and pages of the run with that run.json go: plots/NAME; where --results was given, plots/ in the run's folder.
 * Freed by the caller; NULL: out of memory.
 */
char *runs_plots(const char *path, const char *results);

/* The usual folder of results. */
#define RUNS_RESULTS "results"

#endif

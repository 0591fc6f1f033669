/*
 * publish: adding runs to a site, so that it is never broken and an interrupted call can be continued.
 *
 * What is written, and in which order:
 *
 *  1. of each run its folder, the page last; then the manifest, which has the run from then on; 2. the manifest again,
 * without runs that are taken out, and with all indices and trends that are about to change marked as ours and of unknown content;
 * 3. the pages of servers, latest.json, the history, the feed, and then index.html; 4. what is no longer needed goes; 5. the
 * manifest, with what they are now.
 *
 * So whatever is cut short, and wherever: a page that is there never leads to one that is not, and the next call knows
 * what is ours. It goes on: a file that the manifest lists with the right hash is not sent again; one that is not
 * listed, but lies there with the right content, as a call that was cut has left it, neither.
 *
 * At the site's root and in its folder of servers, a file that is there and that benchctl has not written is never
 * replaced: that is an error, and nothing is written in its place. Below runs/ID/, a name that is made of the run's own
 * hash, whatever has the name of a file of the run is taken for one that a cut call has left, and is replaced where it
 * differs. What is removed, and when: upkeep.h.
 */
#ifndef HARNESS_SITE_PUBLISH_H
#define HARNESS_SITE_PUBLISH_H

#include "harness/site/publishing.h"

/*
 * Chooses those runs of the request that can be published, before anything is begun: a run without a cell among others is left
 * out, with a warning to request->tell; so is a date ahead of this machine's clock told. `chosen` has room for all, may be the
 * request's own list, and is its list then. Returns 0; or -1 with err set, which names the file: one can't be published, or none
 * is left.
 */
int publish_choose(struct publish_request *request, char **chosen, struct err *err);

/* Publishes. Returns 0, or -1 with err set; *done is right in both cases. */
int publish(struct store *store, const struct publish_request *request, struct publish_done *done, struct err *err);

#endif

"""pages: runs of which the page is made, and the page."""
import json
import os


def written(place, name, document):
    """Writes a run.json of that name."""
    place.file('results/%s/run.json' % name, json.dumps(document))


def report(place, name, *options):
    """Makes the page of that run. Returns its folder, and how that ended."""
    folder = os.path.join(place.path, 'pages', name)
    outcome = place.bench('report', os.path.join(place.path, 'results', name, 'run.json'), '-o', folder, *options)
    return folder, outcome

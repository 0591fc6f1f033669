"""fights: what clients reached side by side, round by round, and the file that keeps it.

A round is all clients of a mode and level, one right after the other; ratios are taken within it. It stands in the file as
a line of JSON, written when it is over, so that a call that is cut short loses the round in flight and nothing else, and a
later call goes on from there. A client that brought nothing stands with the reason.
"""
import collections
import json
import os
import statistics

# One client, once. opened: connections that the server's host accepted; most: those open at once in the server; in_flight:
# of our own, the fewest requests in flight.
Shot = collections.namedtuple('Shot', 'rate_rps cpu_us answers failed sent peak_bytes opened most in_flight')

# One line. shots: by the client's name a Shot, or the reason, a text, why there is none. requests: how many each was to make.
Round = collections.namedtuple('Round', 'mode level requests when machine program shots')


class Unfit(Exception):
    """The file is not one of ours, or is of another machine or program."""


def round_of(line):
    fields = json.loads(line)
    shots = {name: shot if isinstance(shot, str) else Shot(**shot) for name, shot in fields.pop('shots').items()}
    return Round(shots=shots, **fields)


def line_of(taken):
    shots = {name: shot if isinstance(shot, str) else shot._asdict() for name, shot in taken.shots.items()}
    return json.dumps(dict(taken._asdict(), shots=shots)) + '\n'


class Fights:
    """
    All rounds so far, by mode and level, and the file that they are in; without a path they are kept in memory only.
    program: what more rounds are to be measured with, or None where there will be none.
    """

    def __init__(self, path, machine, program):
        self.path, self.rounds = path, collections.defaultdict(list)
        if path and os.path.exists(path):
            self.read(machine, program)

    def read(self, machine, program):
        with open(self.path, 'rb+') as file:
            data = file.read()
            whole = data.rfind(b'\n') + 1
            for number, line in enumerate(data[:whole].splitlines(), 1):
                try:
                    taken = round_of(line)
                except (ValueError, TypeError, KeyError, AttributeError):
                    raise Unfit('%s: line %d is no round' % (self.path, number)) from None
                if taken.machine != machine:
                    raise Unfit('%s: line %d was measured on another machine (%s; this is %s): take another file' % (
                        self.path, number, taken.machine, machine))
                if program is not None and taken.program != program:
                    raise Unfit('%s: line %d was measured with another program (%s; this is %s): remove the file' % (
                        self.path, number, taken.program, program))
                self.rounds[taken.mode, taken.level].append(taken)
            file.truncate(whole)  # a round whose line was cut is measured again

    def add(self, taken):
        self.rounds[taken.mode, taken.level].append(taken)
        if self.path:
            with open(self.path, 'a', encoding='ascii') as file:
                file.write(line_of(taken))
                file.flush()
                os.fsync(file.fileno())

    def all(self):
        return [taken for rounds in self.rounds.values() for taken in rounds]

    def levels(self, mode):
        return sorted(level for (of, level), rounds in self.rounds.items() if of == mode and rounds)


def shots_of(rounds, name):
    """The shots of a client, from the rounds in which it has a result."""
    return [taken.shots[name] for taken in rounds if isinstance(taken.shots.get(name), Shot)]


def reasons_of(rounds, name):
    """Why a client has no result, for each round without one."""
    return [taken.shots[name] for taken in rounds if isinstance(taken.shots.get(name), str)]


def ratios(rounds, over, under, figure):
    """One client's figure divided by another one's, for each round in which both have it."""
    pairs = [(taken.shots.get(over), taken.shots.get(under)) for taken in rounds]
    return [getattr(a, figure) / getattr(b, figure) for a, b in pairs
            if isinstance(a, Shot) and isinstance(b, Shot) and getattr(b, figure)]


def median(values):
    """NaN, which reaches no bar, where there is none."""
    return statistics.median(values) if values else float('nan')

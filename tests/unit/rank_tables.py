#!/usr/bin/python3
"""Computes the values that rank_test.c and adjust_test.c hold in tables, another way than the code does: by trying all deals.

p: every choice of n of the n + m values is looked at (itertools.combinations), with fractions instead of floating point.
The interval: all differences in order, and how many deals of untied ranks have U below a bound, again by trying them all.
Adjusted p: by the definitions, max and min over all other tests, without sorting. Prints C.
"""
from fractions import Fraction
from itertools import combinations, product
from math import comb
from statistics import median


def midranks(values):
    return [Fraction(sum(other < value for other in values) * 2 + sum(other == value for other in values) + 1, 2)
            for value in values]


def p_of(x, y):
    ranks = midranks(x + y)
    middle = Fraction(sum(ranks) * len(x), len(ranks))
    off = abs(sum(ranks[:len(x)]) - middle)
    deals = list(combinations(ranks, len(x)))
    return Fraction(sum(abs(sum(deal) - middle) >= off for deal in deals), len(deals))


def interval_of(x, y, alpha=Fraction(1, 20)):
    n, m = len(x), len(y)
    differences = sorted(b - a for a, b in product(x, y))
    us = [sum(deal) - n * (n + 1) // 2 for deal in combinations(range(1, n + m + 1), n)]
    out = 0
    while Fraction(sum(u <= out for u in us), len(us)) <= alpha / 2:
        out += 1
    return median(differences), differences[out - 1] if out else None, differences[-out] if out else None


def critical_u(n, m, alpha=Fraction(1, 20)):
    """The largest U that is significant, as the published tables have it; -1: none."""
    us = [sum(deal) - n * (n + 1) // 2 for deal in combinations(range(1, n + m + 1), n)]
    u = -1
    while 2 * Fraction(sum(other <= u + 1 for other in us), len(us)) <= alpha:
        u += 1
    return u


def holm(p):
    return [min(1, max(p[j] * sum(p[k] >= p[j] if k != j else 1 for k in range(len(p))) for j in range(len(p)) if p[j] <= p[i]))
            for i in range(len(p))]


def benjamini_hochberg(p):
    return [min([1] + [p[j] * len(p) / sum(q <= p[j] for q in p) for j in range(len(p)) if p[j] >= p[i]]) for i in range(len(p))]


SAMPLES = [
    ('apart, 3 and 3', [1, 2, 3], [4, 5, 6]),
    ('apart, 4 and 4', [1, 2, 3, 4], [5, 6, 7, 8]),
    ('one and one', [1], [2]),
    ('interleaved', [1, 4, 5, 8], [2, 3, 6, 7]),
    ('5 and 4, some overlap', [1.1, 2.3, 2.9, 4.2, 5.0], [3.3, 5.5, 6.1, 7.7]),
    ('3 and 7', [9, 2, 4], [1, 5, 8, 11, 12, 13, 14]),
    ('ties across the sides', [1, 2, 2, 3], [2, 3, 3, 4]),
    ('ties, unequal sides', [0, 0, 0, 0, 1], [0, 1, 1]),
    ('all equal', [5, 5, 5], [5, 5, 5, 5]),
    ('four of four fail', [0, 0, 0, 0], [.5, .5, .25, 1]),
    ('four of five fail', [0, 0, 0, 0, 0], [0, .5, .5, .25, 1]),
    ('8 and 8', [100.1, 101.7, 99.2, 98.8, 103.4, 100.9, 97.5, 102.2], [91.3, 99.9, 95.1, 94.2, 98.1, 96.6, 92.4, 97.0]),
    # Hollander and Wolfe, Nonparametric Statistical Methods, example 4.1: permeability of membranes; R's ?wilcox.test
    ('permeability', [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46], [1.15, 0.88, 0.90, 0.74, 1.21]),
]

P = [[0.01, 0.02, 0.03, 0.04, 0.05], [0.04, 0.001, 0.03, 0.5], [0.02, 0.02, 0.9], [0.6, 0.7], [0.0001, 0.0004, 0.0019,
     0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0]]


def number(value):
    return 'NAN' if value is None else '%.12g' % float(value)


if __name__ == '__main__':
    for name, x, y in SAMPLES:
        shift, low, high = interval_of(x, y)
        print('\t{ "%s", { %s }, %d, { %s }, %d, %s, %s, %s, %s },' % (
            name, ', '.join(map(str, x)), len(x), ', '.join(map(str, y)), len(y), number(p_of(x, y)), number(shift), number(low),
            number(high)))
    for n in range(2, 9):
        print('\t{ %s },' % ', '.join(str(critical_u(n, m)) for m in range(2, 9)))
    for p in P:
        for adjusted in p, holm(p), benjamini_hochberg(p):
            print('\t\t{ %s },' % ', '.join(map(number, adjusted)))

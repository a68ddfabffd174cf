"""GRE by the dense way: LD matrix, pseudo-inverse, quadratic form, one block a chromosome.

Best settings known for NumPy: genotype counts as float32 (sums of products stay below 2^24, so the LD matrix is exact, at
twice the speed of float64, and X X' of one array takes half the work of a product); pseudo-inverse in float64 through the
symmetric eigendecomposition, as numpy.linalg.pinv(..., hermitian=True) has it, with the rank read off on the way.

usage: gre.py <prefix of .bed .bim .fam> <phenotypes>; prints JSON with h2 by trait, and seconds by stage.
"""
import json
import sys
import time

import numpy

prefix, phenotypes = sys.argv[1:]
seconds = dict.fromkeys(("read", "ld", "eigen", "pseudoInverse", "quadraticForm"), 0.0)


def timed(stage, run):
    start = time.perf_counter()
    result = run()
    seconds[stage] += time.perf_counter() - start
    return result


def read_counts(first, count, samples):
    """Copies of allele 1, variants x samples."""
    width = (samples + 3) // 4
    codes = numpy.arange(256)[:, None] >> numpy.array([0, 2, 4, 6]) & 3
    table = numpy.array([2, numpy.nan, 1, 0], numpy.float32)[codes]
    packed = numpy.fromfile(prefix + ".bed", numpy.uint8, count * width, offset=3 + first * width)
    return table[packed.reshape(count, width)].reshape(count, 4 * width)[:, :samples]


def ld_matrix(x):
    n = numpy.float64(x.shape[1])
    mean = x.sum(axis=1) / n
    deviation = numpy.sqrt(numpy.einsum("ij,ij->i", x, x) / n - mean * mean)
    return (x @ x.T / n - numpy.outer(mean, mean)) / numpy.outer(deviation, deviation), deviation


def pseudo_inverse(values, vectors):
    return (vectors / values) @ vectors.T


def quadratic_form(x, y, deviation, inverse):
    b = x @ y.astype(numpy.float32) / x.shape[1] / deviation[:, None]
    return (b * (inverse @ b)).sum(axis=0)


def read_traits():
    with open(phenotypes) as lines:
        names = lines.readline().split()[2:]
        return names, numpy.loadtxt(lines, usecols=range(2, 2 + len(names)), ndmin=2)


names, y = timed("read", read_traits)
y = (y - y.mean(axis=0)) / y.std(axis=0)
n = len(y) - 1
with open(prefix + ".bim") as lines:
    chromosomes = [line.split()[0] for line in lines]
h2, ranks = numpy.zeros(len(names)), []
for chromosome in dict.fromkeys(chromosomes):
    first, count = chromosomes.index(chromosome), chromosomes.count(chromosome)
    x = timed("read", lambda: read_counts(first, count, len(y)))
    ld, deviation = timed("ld", lambda: ld_matrix(x))
    values, vectors = timed("eigen", lambda: numpy.linalg.eigh(ld))
    null = int((values <= 1e-9 * values[-1]).sum())
    inverse = timed("pseudoInverse", lambda: pseudo_inverse(values[null:], vectors[:, null:]))
    r2 = timed("quadraticForm", lambda: quadratic_form(x, y, deviation, inverse))
    rank = count - null
    h2 += (n * r2 - rank) / (n - rank)
    ranks.append(rank)
print(json.dumps({"h2": dict(zip(names, h2)), "ranks": ranks, "seconds": seconds}))

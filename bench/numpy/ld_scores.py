"""LD scores by float64 matrix products of standardised genotypes, the way of ldsc.py: chunks of 50 variants.

Neighbours of a variant go back to the chunk of the first variant within the window of its own chunk's first one; each
chunk is multiplied with all of them, and r2 - (1 - r2) / (n - 2) is added to both sides. Genotypes are looked up in bulk.

usage: ld_scores.py <prefix of .bed .bim .fam> <window in kb> <variants from the first on>; prints JSON with the scores, and
seconds spent on them.
"""
import json
import sys
import time

import numpy

CHUNK = 50

prefix, window, count = sys.argv[1], 1000 * float(sys.argv[2]), int(sys.argv[3])
samples = sum(1 for _ in open(prefix + ".fam"))
position = numpy.array([int(line.split()[3]) for _, line in zip(range(count), open(prefix + ".bim"))])

start = time.perf_counter()
width = (samples + 3) // 4
codes = numpy.arange(256)[:, None] >> numpy.array([0, 2, 4, 6]) & 3
table = numpy.array([2, numpy.nan, 1, 0])[codes]
packed = numpy.fromfile(prefix + ".bed", numpy.uint8, count * width, offset=3).reshape(count, width)


def standardised(first, end):
    x = table[packed[first:end]].reshape(end - first, 4 * width)[:, :samples]
    x = x - numpy.nanmean(x, axis=1)[:, None]
    x[numpy.isnan(x)] = 0
    return x / numpy.sqrt((x * x).mean(axis=1))[:, None]


def adjusted(r):
    r2 = r * r
    return r2 - (1 - r2) / (samples - 2)


scores = numpy.zeros(count)
rows = numpy.empty((0, samples))
left = 0
for chunk in range(0, count, CHUNK):
    first = int(numpy.searchsorted(position, position[chunk] - window)) // CHUNK * CHUNK
    rows = rows[first - left:]
    left = first
    own = standardised(chunk, min(count, chunk + CHUNK))
    before = adjusted(rows @ own.T / samples)
    scores[left:chunk] += before.sum(axis=1)
    scores[chunk:chunk + CHUNK] += before.sum(axis=0) + adjusted(own @ own.T / samples).sum(axis=1)
    rows = numpy.vstack((rows, own))

print(json.dumps({"scores": scores.tolist(), "seconds": time.perf_counter() - start}))

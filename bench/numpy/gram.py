"""Float32 matrix product of two sets of genotypes held as floats; prints its seconds of processor time for each line that it reads."""
import sys
import time

import numpy

samples, variants = map(int, sys.argv[1:])
generator = numpy.random.default_rng(1)
a, b = (generator.integers(-1, 2, (samples, variants)).astype(numpy.float32) for _ in range(2))
for _ in sys.stdin:
    start = time.process_time()
    gram = a.T @ b
    print(time.process_time() - start, flush=True)
assert gram.dtype == numpy.float32 and gram[0, 0] == a[:, 0] @ b[:, 0]

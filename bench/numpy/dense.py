"""Dense float64 operations; prints the processor seconds of the one named on each line that it reads."""
import sys
import time

import numpy

(order,) = map(int, sys.argv[1:])
generator = numpy.random.default_rng(1)
a, b = (generator.standard_normal((order, order)) for _ in range(2))
definite = a @ a.T / order + numpy.eye(order)
operations = {"product": lambda: a @ b.T, "factor": lambda: numpy.linalg.cholesky(definite)}
for line in sys.stdin:
    start = time.process_time()
    operations[line.strip()]()
    print(time.process_time() - start, flush=True)

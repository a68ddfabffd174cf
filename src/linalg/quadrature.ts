/** Integral of a smooth function over [from, to]: composite 20-point Gauss-Legendre, exact to degree 39 on each panel. */
export function integrate(f: (x: number) => number, from: number, to: number, panels = 8): number {
  const half = (to - from) / (2 * panels);
  let sum = 0;
  for (let panel = 0; panel < panels; panel++) {
    const middle = from + (2 * panel + 1) * half;
    for (let i = 0; i < NODES.length; i++) {
      sum += WEIGHTS[i] * (f(middle - half * NODES[i]) + f(middle + half * NODES[i]));
    }
  }
  return sum * half;
}

/** Positive nodes and their weights on [-1, 1], by Newton's method on the Legendre polynomial of degree 20. */
const [NODES, WEIGHTS] = legendreRule(20);

function legendreRule(degree: number): [number[], number[]] {
  const nodes: number[] = [];
  const weights: number[] = [];
  for (let i = 1; i <= degree / 2; i++) {
    let x = Math.cos((Math.PI * (i - 0.25)) / (degree + 0.5));
    let slope = 0;
    for (let step = 0; step < 8; step++) {
      let [previous, value] = [1, x];
      for (let k = 2; k <= degree; k++) {
        [previous, value] = [value, ((2 * k - 1) * x * value - (k - 1) * previous) / k];
      }
      slope = (degree * (x * value - previous)) / (x * x - 1);
      x -= value / slope;
    }
    nodes.push(x);
    weights.push(2 / ((1 - x * x) * slope * slope));
  }
  return [nodes, weights];
}

import { it } from 'vitest';
import { type PcgProblem, solvePcg as a } from '../../src/linalg/pcg.js';
import { solvePcg as b } from './pcg2.js';
import { randomNormals } from '../genotype-data.js';
import { dot, pseudoInverseForm } from '../regression.js';
it('scan', async () => {
  for (const [ORDER, PEOPLE, rho] of [[40,90,0.7],[40,60,0.7],[40,45,0.3],[60,300,0.9],[60,300,0.0]] as const) {
  const out: Record<string, [number, number, number, number]> = {};
  for (let seed = 0; seed < 5; seed++) {
    const x = Array.from({ length: ORDER }, (_, k) => randomNormals(PEOPLE, 1 + k + 1000 * seed));
    for (let j = 1; j < ORDER; j++) x[j] = x[j].map((value, i) => rho * x[j - 1][i] + 0.7 * value);
    const v = x.map((p) => Float64Array.from(x, (q) => dot(p, q) / PEOPLE));
    const sides = Array.from({ length: 4 }, (_, c) => Float64Array.from(x, (p) => dot(p, randomNormals(PEOPLE, 1e6+seed*100 + c)) / PEOPLE));
    const exact = sides.map((s) => pseudoInverseForm(v, s));
    for (const limit of [1e-1, 1e-2, 1e-3]) for (const [name, solve] of [['now', a], ['settled', b]] as const) {
      const p: PcgProblem = { order: ORDER, columns: 4, b: Float64Array.from({ length: ORDER * 4 }, (_, k) => sides[k % 4][Math.floor(k / 4)]),
        apply: async (z, active) => Float64Array.from(z, (_, k) => v[Math.floor(k / active.length)].reduce((sum, value, j) => sum + value * z[j * active.length + (k % active.length)], 0)),
        precondition: async (r, columns) => r.map((value, k) => value / v[Math.floor(k / columns)][Math.floor(k / columns)]),
        tolerance: () => limit, maxIterations: 500 };
      const { columns } = await solve(p);
      const key = `${name} ${limit}`;
      const o = (out[key] ??= [0, 0, 0, 0]);
      for (const [c, { quad, error, iterations }] of columns.entries()) { o[0]++; const ratio = Math.abs(quad - exact[c]) / error; if (ratio > 1) o[1]++; o[2] = Math.max(o[2], ratio); o[3] += iterations; }
    }
  }
  console.log(ORDER, PEOPLE, rho, Object.entries(out).map(([k, [n, bad, worst, it]]) => `\n${k}: bad ${bad}/${n} worst ${worst.toFixed(2)} iterations ${(it / n).toFixed(1)}`).join(''));
  }
}, 200000);

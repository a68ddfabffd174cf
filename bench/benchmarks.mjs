// Every benchmark, in the order in which they run. What one is made of: benchmarks.d.mts.
import { array } from './array.mjs';
import { association } from './association.mjs';
import { backends } from './backends.mjs';
import { chromosome22 } from './chromosome22.mjs';
import { dense } from './dense.mjs';
import { digits } from './digits.mjs';
import { gram } from './gram.mjs';
import { gre } from './gre.mjs';
import { grm } from './grm.mjs';
import { he } from './he.mjs';
import { ldScores } from './ld-scores.mjs';
import { ldak } from './ldak.mjs';
import { ldsc } from './ldsc.mjs';
import { memory } from './memory.mjs';
import { monteCarloReml } from './monte-carlo-reml.mjs';
import { munge } from './munge.mjs';
import { parts } from './parts.mjs';
import { people } from './people.mjs';
import { planTimes } from './plan-times.mjs';
import { product } from './product.mjs';
import { reml } from './reml.mjs';
import { scaling } from './scaling.mjs';
import { simulate } from './simulate.mjs';
import { study } from './study.mjs';
import { traits } from './traits.mjs';

export const BENCHMARKS = [
  gram,
  product,
  digits,
  dense,
  backends,
  simulate,
  traits,
  association,
  munge,
  gre,
  chromosome22,
  array,
  scaling,
  ldScores,
  ldak,
  ldsc,
  grm,
  reml,
  he,
  monteCarloReml,
  study,
  people,
  ...parts,
  memory,
  planTimes,
];

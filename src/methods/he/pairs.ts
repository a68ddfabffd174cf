import { createDesign } from '../../association/design.js';
import {
  type MatrixFileFlags,
  type NamedMatrix,
  openMatrixFiles,
  readRelatedPeople,
  type relativesFlag,
  withRelatives,
} from '../../cohort/relationship-matrices.js';
import type { RunTrait } from '../../cohort/samples.js';
import { HeredityError } from '../../errors.js';
import {
  type Estimate,
  type Findings,
  type Quantities,
  type Quantity,
  quantity,
} from '../../estimate/estimate.js';
import { formatCount } from '../../estimate/number.js';
import { failedEstimate, traitWarnings } from '../../estimate/trait-facts.js';
import { rangeWarnings, type Warning, warning } from '../../estimate/warnings.js';
import { type PairCoefficient, type PairEstimate, pairRegressions } from '../../estimators/he/pairs.js';
import type { FlagValues } from '../../options/flags.js';
import type { Plan } from '../../plan.js';
import { relationshipBytes } from '../../relatedness/grm.js';
import type { RecordedRun } from '../../run.js';
import { estimandOf } from '../facts.js';

/** What a run would take, from the lists of samples alone. */
export async function planPairs(flags: MatrixFileFlags, context: RecordedRun): Promise<Plan> {
  const { files, mask, traits } = await openMatrixFiles(flags, context);
  const people = mask.count;
  return {
    about: [`${formatCount(people)} people, ${traits.length} traits, ${files.length} matrices`],
    steps: [
      {
        name: 'pairs of people',
        memory: { matrices: files.length * relationshipBytes(people, false) },
        seconds: null,
      },
    ],
  };
}

type PairsFlags = MatrixFileFlags & FlagValues<typeof relativesFlag>;

/**
 * Haseman-Elston regression over pairs of people, from relationship matrices on file.
 * @throws HeredityError `degenerate-data` where no trait's people let the matrices be told apart.
 */
export async function runPairs(flags: PairsFlags, context: RecordedRun): Promise<Findings> {
  const related = await readRelatedPeople(flags, context);
  try {
    const { traits, covariates, people } = related;
    const matrices = withRelatives(related.matrices, flags.bK, context);
    const beside = matrices.filter(({ role }) => role !== undefined);
    if (beside.length > 0 && matrices.length !== 2)
      throw new HeredityError(
        'usage',
        `${beside[0].name} goes with one matrix of the alleles in this regression`,
        {
          value: `${matrices.length} matrices`,
          fix: 'give two, or use "heredity reml"',
        },
      );
    createDesign(traits, covariates, people); // refuses constant traits
    const found = pairRegressions(
      matrices.map(({ matrix }) => matrix),
      traits.map(({ values }) => values),
      covariates.map(({ values }) => values),
    );
    const names = matrices.map(({ name }) => name);
    if (found.every((estimate) => estimate === undefined))
      throw new HeredityError('degenerate-data', `${traits[0].name}: ${NOT_APART}`, {
        value: names.join(', '),
        expected: 'matrices that vary between pairs, none a multiple of another',
        fix: 'leave one of them out of --mgrm',
      });
    const estimates = traits.map((trait, t) => pairsEstimate(trait, found[t], matrices));
    return { estimates, pairs: [], warnings: [] };
  } finally {
    await related.close();
  }
}

const NOT_APART = 'the relationships do not tell the components apart';

function pairsEstimate(
  trait: RunTrait,
  found: PairEstimate | undefined,
  matrices: readonly NamedMatrix[],
): Estimate {
  const estimand = estimandOf('he-pairs', { reference: null, regression: null, heritability: null });
  const names = matrices.map(({ name }) => name);
  if (!found) {
    const n = trait.values.reduce((count, value) => count + Number(!Number.isNaN(value)), 0);
    const problem = `${NOT_APART} (${names.join(', ')})`;
    return failedEstimate(
      trait.name,
      'he-pairs',
      n,
      estimand,
      problem,
      'leave one of them out of --mgrm, or the trait with --pheno-name',
    );
  }
  const { n, covariates, crossProduct, squaredDifference } = found;
  const besideIt = matrices.findIndex(({ role }) => role !== undefined);
  const all = jackknifed(crossProduct.total);
  const h2 = besideIt < 0 ? all : jackknifed(crossProduct.components[1 - besideIt]);
  return {
    trait: trait.name,
    method: 'he-pairs',
    n,
    estimand,
    h2,
    scale: 'observed',
    liability: null,
    parts: crossProduct.components.map((component, k) => ({
      kind: 'component',
      id: names[k],
      variants: null,
      h2: jackknifed(component),
      quantities: {
        'squared-difference': jackknifed(squaredDifference.components[k]),
        'least-squares': leastSquares(component),
      },
      diagnostics: { size: matrices[k].size ?? null, meanDiagonal: matrices[k].scale },
    })),
    quantities: {
      ...(besideIt >= 0 &&
        besideHeritability(matrices[besideIt].role, jackknifed(crossProduct.components[besideIt]), all)),
      'squared-difference': jackknifed(
        besideIt < 0 ? squaredDifference.total : squaredDifference.components[1 - besideIt],
      ),
      'least-squares': leastSquares(
        besideIt < 0 ? crossProduct.total : crossProduct.components[1 - besideIt],
      ),
    },
    diagnostics: { covariates },
    warnings: [
      ...rangeWarnings(h2),
      ...disagreement(found),
      ...traitWarnings({ name: trait.name, kind: trait.kind }),
    ],
    details: { crossProduct, squaredDifference },
  };
}

function besideHeritability(role: NamedMatrix['role'], own: Quantity, all: Quantity): Quantities {
  return role === 'dominance'
    ? { dominance: own, 'broad-sense': all }
    : { pedigree: all, 'beyond-variants': own };
}

function jackknifed({ estimate, jackknifeSe, jackknifeP }: PairCoefficient): Quantity {
  return { ...quantity(estimate, jackknifeSe, 'jackknife'), p: jackknifeP };
}

function leastSquares({ estimate, olsSe, olsP }: PairCoefficient): Quantity {
  return { ...quantity(estimate, olsSe, 'least-squares'), p: olsP };
}

/** HE-CP and HE-SD are of the same pairs: they differ by much less than their errors unless the trait has long tails. */
function disagreement({
  crossProduct: { total: cp },
  squaredDifference: { total: sd },
}: PairEstimate): Warning[] {
  if (Math.abs(cp.estimate - sd.estimate) <= Math.hypot(cp.jackknifeSe, sd.jackknifeSe)) return [];
  return [
    warning(
      'poor-fit',
      'HE-CP and HE-SD differ by more than their standard errors',
      'look for outliers of the trait, or structure',
    ),
  ];
}

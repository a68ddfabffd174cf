import type { JsonValue } from '../formats/json.js';
import type {
  Diagnostics,
  Estimand,
  Estimate,
  Findings,
  LiabilityQuantity,
  Part,
  Quantities,
  Quantity,
  TraitPair,
} from './estimate.js';
import { WARNINGS, type Warning, type WarningCode } from './warnings.js';

const SE_KINDS = [
  'analytic',
  'calibrated',
  'jackknife',
  'combined',
  'information',
  'curvature',
  'profile',
  'least-squares',
  'delta',
  'probes',
  'simulation',
] as const;

/**
 * The findings of a result that was written before (`heredity/result@1`), every value checked.
 * @throws HeredityError `bad-input` that names the place of what is not as it should be.
 */
export function readFindings(document: JsonValue): Findings {
  return {
    estimates: document.field('estimates').list().map(readEstimate),
    pairs: document.field('pairs').list().map(readPair),
    warnings: readWarnings(document.field('warnings')),
  };
}

function readEstimate(value: JsonValue): Estimate {
  const liability = value.optional('liability');
  const details = value.optional('details');
  return {
    trait: value.field('trait').line(),
    method: value.field('method').line(),
    n: value.field('n').number(),
    estimand: readEstimand(value.field('estimand')),
    h2: readQuantity(value.field('h2')),
    scale: value.field('scale').oneOf(['observed', 'liability']),
    liability: liability === undefined ? null : readLiability(liability),
    parts: value.field('parts').list().map(readPart),
    quantities: readQuantities(value.field('quantities')),
    diagnostics: readDiagnostics(value.field('diagnostics')),
    warnings: readWarnings(value.field('warnings')),
    ...(details !== undefined && { details: details.plain() }),
  };
}

function readEstimand(value: JsonValue): Estimand {
  const variants = value.field('variants');
  const count = (name: string) => variants.optional(name)?.number() ?? null;
  return {
    what: value.field('what').line(),
    assumption: value.field('assumption').line(),
    ld: value.field('ld').oneOf(['in-sample', 'reference', 'none']),
    spread: value.optional('spread')?.oneOf(['realised', 'expected']) ?? null,
    variants: {
      reference: count('reference'),
      regression: count('regression'),
      heritability: count('heritability'),
    },
  };
}

function readQuantity(value: JsonValue): Quantity {
  const ends = value.optional('ci95')?.list(2);
  const p = value.optional('p')?.number();
  return {
    value: value.optional('value')?.number() ?? null,
    se: value.optional('se')?.number() ?? null,
    ci95: ends ? [ends[0].number(), ends[1].number()] : null,
    seKind: value.optional('seKind')?.oneOf(SE_KINDS) ?? null,
    ...(p !== undefined && { p }),
  };
}

function readLiability(value: JsonValue): LiabilityQuantity {
  return {
    ...readQuantity(value),
    prevalence: value.field('prevalence').number(),
    ascertainment: value.field('ascertainment').number(),
  };
}

function readPart(value: JsonValue): Part {
  const quantities = value.optional('quantities');
  const diagnostics = value.optional('diagnostics');
  return {
    kind: value.field('kind').oneOf(['block', 'component', 'category', 'quantile', 'cell-type']),
    id: value.field('id').line(),
    variants: value.optional('variants')?.number() ?? null,
    h2: readQuantity(value.field('h2')),
    ...(quantities && { quantities: readQuantities(quantities) }),
    ...(diagnostics && { diagnostics: readDiagnostics(diagnostics) }),
  };
}

function readPair(value: JsonValue): TraitPair {
  return {
    trait1: value.field('trait1').line(),
    trait2: value.field('trait2').line(),
    method: value.field('method').line(),
    rg: readQuantity(value.field('rg')),
    covariance: readQuantity(value.field('covariance')),
    quantities: readQuantities(value.field('quantities')),
    diagnostics: readDiagnostics(value.field('diagnostics')),
    warnings: readWarnings(value.field('warnings')),
  };
}

function readQuantities(value: JsonValue): Quantities {
  return Object.fromEntries(value.fields().map(([name, own]) => [name, readQuantity(own)]));
}

function readDiagnostics(value: JsonValue): Diagnostics {
  return Object.fromEntries(value.fields().map(([name, own]) => [name, own.scalar()]));
}

/** A code that only a later version has counts as a note: its text says what is the matter. */
function readWarnings(value: JsonValue): Warning[] {
  return value.list().map((own) => {
    const code = own.field('code').line();
    return {
      code: Object.hasOwn(WARNINGS, code) ? (code as WarningCode) : 'note',
      text: own.field('text').line(),
      fix: own.optional('fix')?.line() ?? null,
    };
  });
}

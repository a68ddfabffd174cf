import { HeredityError } from '../errors.js';
import { RESULT_SCHEMA } from '../estimate/estimate.js';
import { formatEstimate } from '../estimate/number.js';
import { type JsonValue, readJson } from '../formats/json.js';
import { normalQuantile } from '../linalg/distributions.js';
import type { RecordedRun } from '../run.js';
import { parseUncertain, type Uncertain } from './uncertain.js';

/** A heritability and the scale that it is on: undefined for a number that was typed. */
export interface ScaledEstimate {
  readonly estimate: Uncertain;
  readonly scale: 'observed' | 'liability' | undefined;
  /** What was assumed. */
  readonly notes: readonly string[];
  /** Of a result; undefined for a number that was typed. */
  readonly method?: string;
  /** Whether dominance was fitted beside it, and so is no part of it. */
  readonly withoutDominance?: boolean;
}

const NUMBER_WITH_ERROR = /^[+-]?[\d.]+(e[+-]?\d+)?(:.*)?$/i;
const EXPECTED = 'a JSON result of heredity, or value:se';

/**
 * The twin heritability: typed, or a2 of a model of a result of `heredity twin` with its profile-likelihood interval.
 * @param modelName the model; undefined for the one with the lowest AIC
 * @throws HeredityError `bad-input` for other files, and where the model has no a2
 */
export async function readTwin(
  text: string,
  modelName: string | undefined,
  { provenance }: RecordedRun,
): Promise<ScaledEstimate> {
  if (NUMBER_WITH_ERROR.test(text))
    return { estimate: parseUncertain(text, '--twin'), scale: undefined, notes: [] };
  provenance.input(text);
  const estimates = await readEstimates(text);
  const methods = estimates.map((estimate) => estimate.field('method').text());
  const twin = estimates[methods.indexOf('twin')];
  if (twin === undefined) {
    throw new HeredityError('bad-input', 'it has no estimate from relatives', {
      file: text,
      value: methods.join(', ') || 'no estimate',
      expected: 'the result of heredity twin',
    });
  }
  const scale = scaleOf(twin);
  const details = twin.optional('details');
  const models = details?.optional('models')?.list() ?? [];
  if (models.length === 0 && modelName === undefined) return { ...withoutModels(twin), scale };
  const names = models.map((model) => model.field('name').text());
  const name = modelName ?? details?.optional('preferred')?.text();
  const model = models[names.indexOf(name ?? '')];
  if (name === undefined || model === undefined) {
    throw new HeredityError('bad-input', `it has no model ${name ?? 'at all'}`, {
      file: text,
      expected: names.length === 0 ? 'models, which need the numbers of pairs' : `one of ${names.join(', ')}`,
      fix: names.length === 0 ? 'give value:se' : 'name one with --twin-model',
    });
  }
  if (!name.includes('A')) {
    throw new HeredityError('bad-input', `model ${name} of the twins has no additive variance`, {
      file: text,
      expected: `a model with A${modelName === undefined ? `; ${name} has the lowest AIC` : ''}`,
      fix: 'name one with --twin-model',
    });
  }
  return { ...modelEstimate(model, name), scale, withoutDominance: name.includes('D') };
}

/** @throws HeredityError `bad-input` for what is no result of an estimating command */
export async function readEstimates(file: string): Promise<JsonValue[]> {
  const document = await readJson(file, EXPECTED);
  const schema = document.optional('schema')?.text();
  if (schema !== RESULT_SCHEMA) {
    throw new HeredityError('bad-input', 'this is another kind of JSON', {
      file,
      value: schema ?? 'no schema',
      expected: `${RESULT_SCHEMA}, which every command that estimates writes`,
    });
  }
  return document.field('estimates').list();
}

function scaleOf(estimate: JsonValue): 'observed' | 'liability' {
  return estimate.field('scale').text() === 'liability' ? 'liability' : 'observed';
}

/** Offspring on parents, or correlations without numbers of pairs. */
function withoutModels(twin: JsonValue): Omit<ScaledEstimate, 'scale'> {
  const h2 = twin.field('h2');
  const se = h2.optional('se')?.number();
  const notes = se === undefined ? [EXACT] : [];
  return { estimate: { value: h2.field('value').number(), se: se ?? 0 }, notes };
}

const EXACT = 'the twin heritability has neither interval nor standard error, and counts as exact';

function modelEstimate(model: JsonValue, name: string): Omit<ScaledEstimate, 'scale'> {
  const value = model.field('a2').number();
  const ends = model.optional('ci95')?.optional('a2')?.list(2);
  const se = model.optional('se')?.optional('a2')?.number();
  const notes = [`the twin heritability is a2 of model ${name}`];
  if (name.includes('D')) notes.push(`d2 of model ${name} is no part of it`);
  if (ends) {
    const interval = [ends[0].number(), ends[1].number()] as const;
    return {
      estimate: { value, se: se ?? (interval[1] - interval[0]) / (2 * normalQuantile(0.975)), interval },
      notes,
    };
  }
  if (se === undefined) notes.push(EXACT);
  return { estimate: { value, se: se ?? 0 }, notes };
}

/**
 * The SNP heritability, on the scale of the twins.
 * @throws HeredityError `bad-input` where it is not clear which trait is meant, `mismatch` where the scales cannot be one
 */
export async function readSnp(
  text: string,
  traitName: string | undefined,
  twinScale: ScaledEstimate['scale'],
  { provenance }: RecordedRun,
): Promise<ScaledEstimate> {
  if (NUMBER_WITH_ERROR.test(text)) {
    const notes =
      twinScale === 'liability'
        ? [`--snp ${text} is taken to be on the liability scale, as the twins are`]
        : [];
    return { estimate: parseUncertain(text, '--snp'), scale: undefined, notes };
  }
  provenance.input(text);
  const estimate = chooseTrait(await readEstimates(text), traitName, text);
  const method = estimate.field('method').text();
  const liability = estimate.optional('liability');
  if (twinScale === 'liability') {
    if (liability) return { estimate: estimateOf(liability), scale: 'liability', notes: [], method };
    throw new HeredityError(
      'mismatch',
      'the twins are on the liability scale, this estimate is on the observed one',
      {
        file: text,
        fix: 'estimate it with the prevalence of the disease, or give its value:se on the liability scale',
      },
    );
  }
  const notes: string[] = [];
  if (liability && twinScale === undefined)
    notes.push(
      `${estimate.field('trait').text()} has a liability-scale estimate as well; the observed scale was taken: give the other as value:se if --twin is on the liability scale`,
    );
  if (liability && twinScale === 'observed')
    notes.push('the SNP heritability is on the observed scale, as the twins are');
  notes.push(...byPart(estimate));
  return { estimate: estimateOf(estimate.field('h2')), scale: 'observed', notes, method };
}

/** Parts that are more than places in the genome, such as bins of frequency: where the SNP heritability is. */
function byPart(estimate: JsonValue): string[] {
  const parts = estimate.optional('parts')?.list() ?? [];
  const named = parts.flatMap((part) => {
    const value = part.field('h2').optional('value')?.number();
    const se = part.field('h2').optional('se')?.number();
    if (value === undefined || part.field('kind').text() === 'block') return [];
    return [`${part.field('id').text()} ${formatEstimate(value, se ?? null)}`];
  });
  return named.length < 2 ? [] : [`the SNP heritability by part: ${named.join(', ')}`];
}

/**
 * The estimate of a trait, or the only one.
 * @throws HeredityError `bad-input` where it is not clear which is meant
 */
export function chooseTrait(
  estimates: readonly JsonValue[],
  traitName: string | undefined,
  file: string,
): JsonValue {
  const names = estimates.map((estimate) => estimate.field('trait').text());
  const found = traitName === undefined ? estimates : estimates.filter((_, i) => names[i] === traitName);
  if (found.length !== 1) {
    throw new HeredityError('bad-input', 'it is not clear which SNP heritability is meant', {
      file,
      expected: estimates.length === 0 ? 'a result with estimates' : `one of ${names.join(', ')}`,
      fix: estimates.length === 0 ? 'give value:se' : 'name one with --snp-trait',
    });
  }
  return found[0];
}

function estimateOf(number: JsonValue): Uncertain {
  return { value: number.field('value').number(), se: number.field('se').number() };
}

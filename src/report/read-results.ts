import { HeredityError } from '../errors.js';
import { type Findings, RESULT_SCHEMA } from '../estimate/estimate.js';
import { readFindings } from '../estimate/read-findings.js';
import { JsonValue, readJson } from '../formats/json.js';
import type { Interval95 } from '../gap/account.js';
import { host } from '../host/host.js';
import type { LossRecord, ProvenanceRecord } from '../provenance.js';
import { studyOf } from '../study/read-study.js';
import type { PicturedAccount } from './account.js';
import { type PicturedCohort, readCohortResult } from './cohort-result.js';
import { type PictureData, readPictures } from './document-pictures.js';
import type { PicturedStudy } from './study-pictures.js';

/** What pages say of how a result came about. */
export type RunRecord = Pick<
  ProvenanceRecord,
  | 'version'
  | 'command'
  | 'commandLine'
  | 'flags'
  | 'seed'
  | 'threads'
  | 'backend'
  | 'node'
  | 'system'
  | 'inputs'
  | 'samples'
  | 'variants'
  | 'warnings'
  | 'startedAt'
  | 'wallSeconds'
  | 'peakMemoryBytes'
>;

interface Common {
  /** What it is called in tables and pictures, where there are several: its file without the ending. */
  readonly label: string;
  readonly record: RunRecord;
  /** The document as it stands in its file. */
  readonly json: string;
}

/** A document that `heredity report` and `heredity table` take. */
export type ReportInput =
  | (Common & { readonly kind: 'result'; readonly findings: Findings })
  | (Common & { readonly kind: 'account'; readonly account: PicturedAccount })
  | (Common & { readonly kind: 'study'; readonly study: PicturedStudy })
  | CohortInput
  | OtherInput;

/** People of an analysis: <out>.cohort.json. */
export type CohortInput = Common & { readonly kind: 'cohort'; readonly cohort: PicturedCohort };

/** What a command wrote that estimates nothing: what it counted, lost and warned of. */
export type OtherInput = Common & {
  readonly kind: 'other';
  readonly document: object;
  readonly pictures: readonly PictureData[];
};

export type ResultInput = Extract<ReportInput, { kind: 'result' }>;

const EXPECTED =
  'a JSON result of heredity: <out>.<method>.json of a command that estimates, <out>.study.json, <out>.account.json, or what any other command wrote';

/**
 * Reads a result that a run wrote before, every value that is used checked.
 * @throws HeredityError `bad-input` for what is no result, with the place of what is not as it should be.
 */
export async function readResult(file: string): Promise<ReportInput> {
  return resultOf(file, await readJson(file, EXPECTED));
}

/** Results under names of their own: those that share a label are called by their whole names. */
export function toldApart(inputs: readonly ReportInput[], names: readonly string[]): ReportInput[] {
  const labels = inputs.map(({ label }) => label);
  const isUnique = (label: string) => labels.indexOf(label) === labels.lastIndexOf(label);
  return inputs.map((input, k) => (isUnique(input.label) ? input : { ...input, label: names[k] }));
}

/** A result that this run writes, as a page takes it. @param file its name */
export function writtenResult(file: string, document: object): ReportInput {
  return resultOf(file, new JsonValue(file, '', JSON.parse(JSON.stringify(document))));
}

function resultOf(file: string, document: JsonValue): ReportInput {
  const label = host()
    .files.baseName(file)
    .replace(/\.json(\.gz)?$/, '');
  const schema = document.optional('schema')?.line();
  const common = () => ({
    label,
    record: readRecord(document.field('provenance')),
    json: `${JSON.stringify(document.plain(), null, 1)}\n`,
  });
  switch (schema) {
    case RESULT_SCHEMA: {
      const findings = readFindings(document);
      for (const estimate of document.field('estimates').list()) checkDetails(estimate);
      return { ...common(), kind: 'result', findings };
    }
    case 'heredity/gap-account@1':
      return { ...common(), kind: 'account', account: readAccount(document) };
    case 'heredity/study@1':
      return { ...common(), kind: 'study', study: studyOf(document, file) };
    case 'heredity/cohort@1':
      return { ...common(), kind: 'cohort', cohort: readCohortResult(document) };
    default:
      if (schema?.startsWith('heredity/') && document.optional('provenance') !== undefined)
        return {
          ...common(),
          kind: 'other',
          document: document.plain() as object,
          pictures: readPictures(document),
        };
      throw new HeredityError('bad-input', 'this is another kind of JSON', {
        file,
        value: schema ?? 'no schema',
        expected: EXPECTED,
      });
  }
}

function readRecord(value: JsonValue): RunRecord {
  const backend = value.optional('backend');
  const system = value.field('system');
  const losses = (name: string) => {
    const own = value.optional(name);
    return own === undefined ? null : readLosses(own);
  };
  return {
    version: value.field('version').line(),
    command: value.field('command').line(),
    commandLine: value
      .field('commandLine')
      .list()
      .map((word) => word.text()),
    flags: Object.fromEntries(
      value
        .field('flags')
        .fields()
        .map(([name, own]) => [name, own.plain()]),
    ),
    seed: value.optional('seed')?.number() ?? null,
    threads: value.optional('threads')?.number() ?? null,
    backend: backend
      ? { backend: backend.field('backend').line(), level: backend.field('level').line() }
      : null,
    node: value.field('node').line(),
    system: {
      platform: system.field('platform').line(),
      release: system.field('release').line(),
      arch: system.field('arch').line(),
      cpu: system.field('cpu').line(),
      cores: system.field('cores').number(),
      memoryBytes: system.field('memoryBytes').number(),
    },
    inputs: value
      .field('inputs')
      .list()
      .map((own) => ({
        path: own.field('path').text(),
        bytes: own.optional('bytes')?.number() ?? null,
        sha256: own.optional('sha256')?.line() ?? null,
      })),
    samples: losses('samples'),
    variants: losses('variants'),
    warnings: value
      .field('warnings')
      .list()
      .map((own) => own.line()),
    startedAt: value.field('startedAt').line(),
    wallSeconds: value.field('wallSeconds').number(),
    peakMemoryBytes: value.field('peakMemoryBytes').number(),
  };
}

function readLosses(value: JsonValue): LossRecord {
  const unit = value.optional('unit')?.line();
  return {
    start: value.field('start').number(),
    steps: value
      .field('steps')
      .list()
      .map((step) => ({
        step: step.field('step').line(),
        lost: step.field('lost').number(),
        left: step.field('left').number(),
        why: step.field('why').line(),
      })),
    left: value.field('left').number(),
    ...(unit !== undefined && { unit }),
  };
}

function readAccount(document: JsonValue): PicturedAccount {
  const amount = (value: JsonValue): Interval95 => ({
    value: value.field('value').number(),
    mean: value.field('mean').number(),
    low: value.field('low').number(),
    high: value.field('high').number(),
  });
  return {
    twin: amount(document.field('twin')),
    snp: amount(document.field('snp')),
    unexplained: amount(document.field('unexplained')),
    steps: document
      .field('steps')
      .list()
      .map((step) => ({
        model: step.field('model').line(),
        pool: step.field('pool').line() as PicturedAccount['steps'][number]['pool'],
        label: step.field('label').line(),
        claimed: amount(step.field('claimed')),
        counted: amount(step.field('counted')),
        doubleCounted: amount(step.field('doubleCounted')),
        reason: step.optional('reason')?.line() ?? null,
      })),
  };
}

/** Details have the shape that their method gives them; what pictures and tables take from them is checked here. */
function checkDetails(estimate: JsonValue): void {
  const details = estimate.optional('details');
  if (details === undefined) return;
  const numbersOf = (value: JsonValue, names: readonly string[]) => {
    for (const name of names) value.field(name).number();
  };
  for (const bin of details.optional('scoreBins')?.list() ?? [])
    numbersOf(bin, ['meanScore', 'meanChi2', 'se', 'expected']);
  const replicates = details.optional('replicates');
  if (replicates) {
    numbersOf(replicates, ['seed', 'heritability']);
    for (const value of replicates.field('h2').list()) if (value.plain() !== null) value.number();
  }
  if (estimate.field('method').line() !== 'twin') return;
  checkJointDetails(details);
  for (const [, row] of details.optional('correlations')?.fields() ?? []) {
    row.field('r').number();
    for (const name of ['se', 'pairs', 'singletons']) row.optional(name)?.number();
  }
  for (const model of details.optional('models')?.list() ?? []) {
    const letters = model.field('name').line().toLowerCase();
    numbersOf(model, [
      'minus2lnL',
      'parameters',
      'aic',
      'bic',
      ...[...letters].map((letter) => `${letter}2`),
    ]);
    for (const [, ends] of model.field('ci95').fields()) for (const end of ends.list(2)) end.number();
  }
  for (const test of details.optional('comparisons')?.list() ?? []) {
    for (const name of ['model', 'against']) test.field(name).line();
    numbersOf(test, ['lrt', 'df', 'p']);
    for (const part of test.field('mixture').list()) numbersOf(part, ['df', 'weight']);
  }
}

/** Models of several traits, sexes or ages. */
function checkJointDetails(details: JsonValue): void {
  const numbersOf = (value: JsonValue, names: readonly string[]) => {
    for (const name of names) value.field(name).number();
  };
  const check = (analysis: JsonValue, checkModel: (model: JsonValue) => void) => {
    const preferred = analysis.field('preferred');
    const models = analysis.field('models').list();
    preferred.oneOf(models.map((model) => model.field('name').line()));
    for (const model of models) {
      numbersOf(model, ['minus2lnL', 'parameters', 'aic']);
      checkModel(model);
    }
    for (const test of analysis.field('comparisons').list()) {
      for (const name of ['model', 'against']) test.field(name).line();
      numbersOf(test, ['lrt', 'df', 'p']);
      for (const part of test.field('mixture').list()) numbersOf(part, ['df', 'weight']);
    }
  };
  const nullable = (value: JsonValue, names: readonly string[]) => {
    for (const name of names) value.optional(name)?.number();
  };
  for (const analysis of details.optional('bivariate')?.list() ?? []) {
    for (const name of ['trait1', 'trait2']) analysis.field(name).line();
    check(analysis, (model) => {
      model.field('phenotypic').field('value').number();
      for (const own of model.field('components').list()) {
        own.field('component').oneOf(['A', 'C', 'D', 'E']);
        own.field('contribution').number();
        for (const share of own.field('shares').list(2)) share.number();
        nullable(own, ['correlation', 'correlationSe', 'contributionSe']);
        for (const end of own.optional('correlationCi95')?.list(2) ?? []) end.number();
      }
    });
  }
  const sexes = details.optional('sexes');
  if (sexes)
    check(sexes, (model) => {
      model.field('base').line();
      for (const sex of model.field('shares').list(2))
        for (const own of sex.list()) {
          own.field('component').oneOf(['A', 'C', 'D', 'E']);
          own.field('share').number();
          nullable(own, ['shareSe']);
        }
      nullable(model.optional('correlation') ?? model, ['value']);
      for (const end of model.optional('correlation')?.optional('ci95')?.list(2) ?? []) end.number();
      nullable(model.optional('scale') ?? model, ['value', 'se']);
    });
  const moderation = details.optional('moderation');
  if (!moderation) return;
  moderation.field('moderator').line();
  check(moderation, (model) => {
    model.field('base').line();
    const paths = model.field('paths').list();
    for (const path of paths) {
      path.field('component').oneOf(['A', 'C', 'D', 'E']);
      numbersOf(path, ['level', 'slope']);
      nullable(path, ['levelSe', 'slopeSe']);
    }
    for (const at of model.field('shares').list()) {
      numbersOf(at, ['at', 'total']);
      for (const part of at.field('parts').list(paths.length)) {
        numbersOf(part, ['variance', 'share']);
        nullable(part, ['shareSe']);
      }
    }
  });
}

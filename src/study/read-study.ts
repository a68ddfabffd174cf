import { HeredityError } from '../errors.js';
import { type JsonValue, readJson } from '../formats/json.js';
import type { StudyToCompare } from './compare.js';
import type { WeightKind } from './grids.js';
import type { ErrorQuantiles } from './summary.js';

const EXPECTED = '<out>.study.json of "heredity study run"';

/** What `study compare-paper` and pictures need of a study. */
export interface ReadStudy extends StudyToCompare {
  readonly samples: readonly number[];
  readonly estimators: readonly { readonly name: string; readonly title: string }[];
  readonly summaries: readonly (StudyToCompare['summaries'][number] & { readonly errors: ErrorQuantiles })[];
}

/**
 * Reads the results of a study, every value that is used checked.
 * @throws HeredityError `bad-input` for what is no result of a study
 */
export async function readStudy(file: string): Promise<ReadStudy> {
  return studyOf(await readJson(file, EXPECTED), file);
}

/** The same of a file whose text was read before. @throws HeredityError as {@link readStudy}. */
export function studyOf(document: JsonValue, file: string): ReadStudy {
  const schema = document.optional('schema')?.line();
  if (schema !== 'heredity/study@1') {
    throw new HeredityError('bad-input', 'the file is not the result of a study', {
      file,
      value: schema ?? 'no schema',
      expected: EXPECTED,
    });
  }
  const numberOrNull = (value: JsonValue, name: string) => value.optional(name)?.number() ?? null;
  const study = {
    replicates: document.field('replicates').number(),
    scaling: document.field('scaling').line(),
    variants: document.field('variants').number(),
    blocks: document.field('blocks').number(),
    samples: document
      .field('samples')
      .list()
      .map((size) => size.number()),
    estimators: document
      .field('estimators')
      .list()
      .map((one) => ({ name: one.field('name').line(), title: one.field('title').line() })),
    cells: document
      .field('cells')
      .list()
      .map((cell) => {
        const [low, high] = cell.field('causalFrequency').list(2);
        return {
          id: cell.field('id').line(),
          h2: cell.field('h2').number(),
          causalShare: cell.field('causalShare').number(),
          causalFrequency: [low.number(), high.number()] as const,
          alpha: cell.field('alpha').number(),
          gamma: cell.field('gamma').number(),
          weights: cell.field('weights').line() as WeightKind,
        };
      }),
    summaries: document
      .field('summaries')
      .list()
      .map((row) => ({
        samples: row.field('samples').number(),
        cell: row.field('cell').line(),
        estimator: row.field('estimator').line(),
        relativeBias: numberOrNull(row, 'relativeBias'),
        relativeBiasSem: numberOrNull(row, 'relativeBiasSem'),
        errors: errorQuantiles(row.field('errors')),
      })),
    aggregates: document
      .field('aggregates')
      .list()
      .map((row) => ({
        samples: row.field('samples').number(),
        estimator: row.field('estimator').line(),
        cells: row.field('cells').number(),
        meanRelativeBias: numberOrNull(row, 'meanRelativeBias'),
        minRelativeBias: numberOrNull(row, 'minRelativeBias'),
        maxRelativeBias: numberOrNull(row, 'maxRelativeBias'),
      })),
  };
  const known = new Set(study.estimators.map(({ name }) => name));
  const unknown = [...study.aggregates, ...study.summaries].find(({ estimator }) => !known.has(estimator));
  const cells = new Set(study.cells.map(({ id }) => id));
  const elsewhere = study.summaries.find(({ cell }) => !cells.has(cell));
  if (elsewhere !== undefined)
    throw new HeredityError('bad-input', 'a summary is of a cell that the study does not list', {
      file,
      value: elsewhere.cell,
    });
  if (unknown === undefined) return study;
  throw new HeredityError('bad-input', 'it has numbers of an estimator that the study does not list', {
    file,
    value: unknown.estimator,
  });
}

function errorQuantiles(value: JsonValue): ErrorQuantiles {
  const number = (name: keyof ErrorQuantiles) => value.field(name).number();
  return {
    min: number('min'),
    q05: number('q05'),
    q25: number('q25'),
    median: number('median'),
    q75: number('q75'),
    q95: number('q95'),
    max: number('max'),
  };
}

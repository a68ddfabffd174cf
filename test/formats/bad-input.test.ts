import { join } from 'node:path';
import { expect, test } from 'vitest';
import { EXIT_CODES, HeredityError } from '../../src/errors.js';
import { readBlockList } from '../../src/formats/block-list.js';
import { readCovariates } from '../../src/formats/covariate.js';
import { openFileset } from '../../src/formats/fileset.js';
import { readGlmLinear } from '../../src/formats/glm-linear.js';
import { readSampleList, readVariantList } from '../../src/formats/id-list.js';
import { readPhenotypes } from '../../src/formats/phenotype.js';
import { readSumstats } from '../../src/formats/sumstats.js';
import { BAD_INPUTS, type BadInput, GOOD_FILESET } from './bad-inputs.js';
import { folderWith } from './folder.js';

const READERS: Record<BadInput['argument'], (path: string, names?: readonly string[]) => Promise<unknown>> = {
  bfile: (prefix) => openFileset(prefix),
  pheno: (path, names) => readPhenotypes(path, names && { names }),
  covar: (path, names) => readCovariates(path, names && { names }),
  keep: readSampleList,
  extract: readVariantList,
  blocks: readBlockList,
  sumstats: (path) => readSumstats(path),
  assoc: readGlmLinear,
};

/** Words that only our code or its runtime would use. */
const INTERNAL =
  /\bat .+:\d+:\d+|undefined|\bNaN\b|\[object|TypeError|RangeError|\bE[A-Z]{4,}\b|errno|node:|Z_[A-Z]+_ERROR/;

test.each(BAD_INPUTS)('$name', async ({ argument, value, files, names, message, exitCode }) => {
  const folder = folderWith(files);
  const error: unknown = await READERS[argument](join(folder, value), names).then(
    () => undefined,
    (reason) => reason,
  );
  if (!(error instanceof HeredityError)) throw new Error(`not a HeredityError: ${error}`, { cause: error });
  const relative = error.message.replaceAll(`${folder}/`, '');
  expect(relative).toMatch(message);
  expect(relative).not.toMatch(INTERNAL);
  expect(relative).not.toContain('\n');
  expect(EXIT_CODES[error.tag]).toBe(exitCode);
});

test('the file set that the malformed ones are made from is good', async () => {
  const { bed, samples, variants } = await openFileset(join(folderWith(GOOD_FILESET), 'study'));
  await bed.close();
  expect([samples.count, variants.count]).toEqual([5, 4]);
});

test('the table is as large as was promised, and its names are distinct', () => {
  expect(BAD_INPUTS.length).toBeGreaterThanOrEqual(45);
  expect(new Set(BAD_INPUTS.map(({ name }) => name)).size).toBe(BAD_INPUTS.length);
});

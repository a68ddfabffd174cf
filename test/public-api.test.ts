import { expect, test } from 'vitest';

/** Every name that programs may import from 'heredity'. Taking one away, or changing what it is, breaks them. */
const PUBLIC_NAMES = [
  'BedWriter',
  'EXIT_CODES',
  'GRE_DEFAULTS',
  'GenotypeStore',
  'HeredityError',
  'KernelPool',
  'MemoryGenotypes',
  'VERSION',
  'VariantStatistics',
  'associate',
  'blockHeritability',
  'centred',
  'chromosomeLabel',
  'correctedHeritability',
  'createDesign',
  'createMask',
  'describeBackends',
  'estimateGre',
  'hardyWeinbergTest',
  'isHeredityError',
  'liabilityFactor',
  'loadKernels',
  'openBed',
  'openFileset',
  'partialCorrelation',
  'product',
  'readBim',
  'readFam',
  'readPhenotypes',
  'readSumstats',
  'sampleStandardised',
  'sharedFloat32',
  'sharedFloat64',
  'silentProgress',
  'simulateGenotypes',
  'simulateTraits',
  'sumHeritability',
  'transposeProduct',
  'writeBim',
  'writeFam',
];

test('src/index.ts exports these names and no others', async () => {
  expect(Object.keys(await import('../src/index.js')).sort()).toEqual([...PUBLIC_NAMES].sort());
});

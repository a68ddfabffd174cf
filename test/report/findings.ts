import { type Estimate, type Findings, quantity, type TraitPair } from '../../src/estimate/estimate.js';
import { warning } from '../../src/estimate/warnings.js';
import { estimandOf } from '../../src/methods/facts.js';
import type { ProvenanceRecord } from '../../src/provenance.js';

/** A name that would break out of any markup that does not escape it. */
export const HOSTILE = `bmi <script>alert(1)</script> & "x" 'y' | _z`;

const variants = { reference: 1000, regression: 900, heritability: 1000 };

export function estimate(trait: string, method: string, more: Partial<Estimate> = {}): Estimate {
  return {
    trait,
    method,
    n: 5000,
    estimand: estimandOf(method, variants),
    h2: quantity(0.25, 0.02, 'analytic'),
    scale: 'observed',
    liability: null,
    parts: [],
    quantities: {},
    diagnostics: {},
    warnings: [],
    ...more,
  };
}

const pair: TraitPair = {
  trait1: HOSTILE,
  trait2: 'height',
  method: 'ldsc',
  rg: { ...quantity(-0.4, 0.1, 'jackknife'), p: 6e-5 },
  covariance: quantity(-0.1, 0.02, 'jackknife'),
  quantities: {},
  diagnostics: {},
  warnings: [],
};

/** Estimates of each kind that pages show: doubtful, absent, in parts, with a fit, on two scales, in pairs. */
export const FINDINGS: Findings = {
  estimates: [
    estimate(HOSTILE, 'gre', {
      warnings: [warning('blocks-overlap', 'blocks explain .4 of each other', 'estimate with --cross-block')],
      parts: ['chr1', 'chr2'].map((id) => ({
        kind: 'block',
        id,
        variants: 500,
        h2: quantity(0.12, 0.01, 'analytic'),
      })),
    }),
    estimate('height', 'gre', {
      h2: quantity(null, null),
      warnings: [warning('no-estimate', 'nobody has a height')],
    }),
    estimate(HOSTILE, 'ldsc', {
      h2: quantity(-0.05, 0.1, 'jackknife'),
      quantities: { intercept: { ...quantity(1.02, 0.01, 'jackknife'), p: 0.04 } },
      details: {
        scoreBins: [1, 2, 3].map((x) => ({ meanScore: x, meanChi2: 1 + x, se: 0.1, expected: 1 + x })),
      },
    }),
    estimate('height', 'ldsc', {
      liability: { ...quantity(0.5, 0.04, 'jackknife'), prevalence: 0.01, ascertainment: 0.5 },
    }),
  ],
  pairs: [pair],
  warnings: [warning('note', 'the run has a note')],
};

export const RECORD: ProvenanceRecord = {
  version: '0.1.0',
  command: 'h2',
  commandLine: ['heredity', 'h2', '--pheno', "it's here.txt"],
  flags: { '--pheno': "it's here.txt", '--covar': 'c.txt', '--maf': null },
  seed: 1,
  threads: 2,
  backend: { backend: 'native', level: 'avx2' },
  node: '22.0.0',
  system: { platform: 'linux', release: '6', arch: 'x64', cpu: 'a <cpu>', cores: 2, memoryBytes: 8e9 },
  inputs: [{ path: 'study.bed', bytes: 12, sha256: 'ab'.repeat(32) }],
  samples: {
    start: 5100,
    steps: [{ step: '--remove', lost: 100, left: 5000, why: 'listed there' }],
    left: 5000,
  },
  variants: { start: 1000, steps: [], left: 1000 },
  hardCalls: null,
  columns: [],
  warnings: [],
  startedAt: '2026-11-28T10:00:00.000Z',
  wallSeconds: 3,
  peakMemoryBytes: 1e8,
};

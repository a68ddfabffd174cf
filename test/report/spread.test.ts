import { expect, it } from 'vitest';
import { type Estimate, quantity } from '../../src/estimate/estimate.js';
import { estimandOf } from '../../src/methods/facts.js';
import { spreadText } from '../../src/report/spread.js';

const VARIANTS = { reference: 10, regression: 10, heritability: 10 };

const estimate = (method: string, h2 = quantity(0.3, 0.1, 'analytic')): Estimate => ({
  trait: 'y',
  method,
  n: 100,
  estimand: estimandOf(method, VARIANTS),
  h2,
  scale: 'observed',
  liability: null,
  parts: [],
  quantities: {},
  diagnostics: {},
  warnings: [],
});

it('says which question standard errors answer, and where they do not hold', () => {
  expect(spreadText([estimate('gre')])).toMatch(
    /^Standard errors are around .*\(realised\); on the safe side/,
  );
  expect(spreadText([estimate('gre', quantity(0.3, 0.1, 'calibrated'))])).toMatch(/\(realised\)$/);
  const two = spreadText([
    estimate('ldsc', quantity(0.3, 0.1, 'jackknife')),
    estimate('reml-mc', quantity(0.3, 0.1, 'information')),
  ]);
  expect(two).toMatch(
    /^Standard errors \(ldsc, reml-mc\) .*; ldsc: up to a quarter too small where its blocks .*; reml-mc: too small where few variants/,
  );
  expect(spreadText([estimate('ldsc', quantity(0.3, 0.1, 'analytic'))])).toMatch(/\(expected\)$/);
  const both = spreadText([estimate('gre'), estimate('he', quantity(0.3, 0.1, 'combined'))]);
  expect(both.split('\n').map((line) => line.slice(0, 22))).toEqual([
    'Standard errors (gre) ',
    'Standard errors (he) a',
  ]);
  expect(both).toMatch(/; he: on the safe side, by up to a quarter where h² is high$/);
});

it('says nothing of random vectors', () => {
  expect(spreadText([estimate('gre-cross-block', quantity(0.3, 0.1, 'probes'))])).toBe('');
});

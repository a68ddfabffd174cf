import { expect, test } from 'vitest';
import { LossTable } from '../../src/provenance.js';
import { lossReport } from '../../src/report/losses.js';

test('every step that lost something has a row', () => {
  const table = new LossTable(1940);
  table.step('--keep', 1940, 'not in study.keep');
  table.step('phenotype', 930, 'no phenotype');
  expect(lossReport('samples', table.toJSON())).toBe(
    [
      'step           lost   left  why',
      '------------  -----  -----  ------------',
      'samples read      -  1,940  -',
      'phenotype     1,010    930  no phenotype',
    ].join('\n'),
  );
});

test('where nothing is lost, a line is enough', () => {
  const table = new LossTable(1940);
  table.step('--keep', 1940, 'not in study.keep');
  expect(lossReport('samples', table.toJSON())).toBe('1,940 samples, none lost');
});

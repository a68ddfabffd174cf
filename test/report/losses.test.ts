import { expect, test } from 'vitest';
import { LossTable } from '../../src/provenance.js';
import { lossReport } from '../../src/report/losses.js';

test('every step has a row, those that lost nothing too', () => {
  const table = new LossTable(1940);
  table.step('--keep', 1940, 'not in study.keep');
  table.step('phenotype', 930, 'no phenotype');
  expect(lossReport('samples', table.toJSON())).toBe(
    [
      'step           lost   left  why',
      '------------  -----  -----  -----------------',
      'samples read      -  1,940  -',
      '--keep            0  1,940  not in study.keep',
      'phenotype     1,010    930  no phenotype',
    ].join('\n'),
  );
});

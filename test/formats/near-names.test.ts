import { expect, test } from 'vitest';
import { didYouMean, nearNames } from '../../src/formats/near-names.js';

test('typing errors, case and endings are near, other names are not', () => {
  const names = ['height', 'weight', 'study.pheno', 'study.pheno.gz', 'age', 'sex'];
  expect(nearNames('heigth', names)).toEqual(['height']);
  expect(nearNames('heigh', names)).toEqual(['height']);
  expect(nearNames('Height', names)).toEqual(['height', 'weight']);
  expect(nearNames('study.phen', names)).toEqual(['study.pheno']);
  expect(nearNames('study.pheno.gz', names.slice(0, 3))).toEqual(['study.pheno']);
  expect(nearNames('ages', names)).toEqual(['age']);
  expect(nearNames('bmi', names)).toEqual([]);
  expect(nearNames('age', ['age'])).toEqual([]);
});

test('no more than three are offered, the nearest first', () => {
  expect(nearNames('trait1', ['trait22', 'trait3', 'Trait1', 'trait4', 'trait5'])).toEqual([
    'Trait1',
    'trait3',
    'trait4',
  ]);
  expect(didYouMean('pc1', ['pc2', 'pc3'])).toBe('did you mean pc2 or pc3?');
  expect(didYouMean('pc1', ['height'])).toBeUndefined();
});

test('names of two letters are never near each other, but for case', () => {
  const names = ['OR', 'ES', 'EZ', 'SE', 'HR', 'B', 'P', 'N'];
  for (const name of names)
    expect(
      nearNames(
        name,
        names.filter((other) => other !== name),
      ),
    ).toEqual([]);
  expect(nearNames('or', names)).toEqual(['OR']);
});

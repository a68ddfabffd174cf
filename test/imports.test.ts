import { cruise, type ICruiseResult } from 'dependency-cruiser';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';
import { expect, test } from 'vitest';
import rules from '../.dependency-cruiser.mjs';

test('imports run downward only, in no circles, and Node.js is met in its host alone', async () => {
  const { options, forbidden } = rules;
  const { output } = await cruise(
    ['src'],
    { ...options, ruleSet: { forbidden }, validate: true },
    undefined,
    { tsConfig: extractTSConfig('tsconfig.json') },
  );
  const { summary } = output as ICruiseResult;
  const told = summary.violations.map(({ rule, from, to, cycle }) =>
    [`${rule.name}: ${from}`, ...(cycle?.map(({ name }) => name) ?? [to])].join(' -> '),
  );
  expect(told).toEqual([]);
});

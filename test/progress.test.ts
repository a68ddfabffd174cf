import { expect, test } from 'vitest';
import { silentProgress } from '../src/progress.js';

test('silent progress can be nested and ended', () => {
  const phase = silentProgress.phase('a', { total: 2 });
  const part = phase.phase('b', { weight: 1 });
  part.advance();
  part.end();
  expect(() => phase.end()).not.toThrow();
});

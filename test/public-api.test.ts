import { expect, test } from 'vitest';

/** Every name that programs may import from 'heredity'. Taking one away, or changing what it is, breaks them. */
const PUBLIC_NAMES = ['EXIT_CODES', 'HeredityError', 'VERSION', 'isHeredityError', 'silentProgress'];

test('src/index.ts exports these names and no others', async () => {
  expect(Object.keys(await import('../src/index.js')).sort()).toEqual([...PUBLIC_NAMES].sort());
});

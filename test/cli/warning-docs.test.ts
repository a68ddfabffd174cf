import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { explanation, warningDocs } from '../../src/cli/warning-docs.js';
import { WARNINGS, type WarningCode, warningFacts } from '../../src/estimate/warnings.js';
import { heredity } from './run.js';

const CODES = Object.keys(WARNINGS) as WarningCode[];

describe('docs/warnings.md', () => {
  it('is what the catalogue says (else: npm run build && node scripts/write-command-docs.mjs)', () => {
    expect(readFileSync(new URL('../../docs/warnings.md', import.meta.url), 'utf8')).toBe(warningDocs());
  });

  it.each(CODES)('%s has a section, in sentences', (code) => {
    const page = warningDocs();
    expect(page).toContain(`\n## ${code}\n`);
    expect(WARNINGS[code].meaning).toMatch(/^[A-Z].*\.$/s);
    const { fix = 'none' } = warningFacts(code);
    expect(fix).toMatch(/[^.]$/);
  });
});

describe('heredity explain', () => {
  it('prints meaning and fix of a code', async () => {
    for (const words of [['poor-fit'], ['--code', 'poor-fit'], ['POOR-FIT']]) {
      const { exitCode, stdout } = await heredity(['explain', ...words]);
      expect(exitCode).toBe(0);
      expect(stdout).toBe(`${explanation('poor-fit')}\n`);
      expect(stdout).toMatch(/What to do:/);
    }
  });

  it('lists all codes without one', async () => {
    const { stdout } = await heredity(['explain']);
    for (const code of CODES) expect(stdout).toMatch(new RegExp(`^${code} `, 'm'));
  });

  it.each([
    [['por-fit'], /not the code of a warning .*por-fit.*did you mean poor-fit/i],
    [['blocks-overlaps'], /did you mean blocks-overlap\?/i],
    [['constructor'], /"heredity explain" lists all codes/],
    [['__proto__'], /lists all codes/],
    [[''], /--code: expected a text that is not empty/],
    [['poor-fit', 'note'], /unexpected argument "note"/],
    [['poor-fit', '--code', 'note'], /unexpected argument "poor-fit"/],
  ])('%j', async (words, message) => {
    const { exitCode, stderr } = await heredity(['explain', ...words]);
    expect(stderr).toMatch(message);
    expect(exitCode).toBe(2);
  });
});

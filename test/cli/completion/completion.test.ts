import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allCommands } from '../../../src/cli/commands.js';
import { heredity } from '../run.js';

const folder = mkdtempSync(join(tmpdir(), 'heredity-completion-'));
afterAll(() => rmSync(folder, { recursive: true }));
beforeAll(async () => {
  for (const name of ['study.bed', 'study.bim', 'my pheno.txt']) writeFileSync(join(folder, name), '');
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { exitCode, stdout } = await heredity(['completion', shell]);
    expect(exitCode).toBe(0);
    writeFileSync(join(folder, `.${shell}`), stdout);
  }
});

/** What stands after `heredity` when Tab is pressed, and what is then offered, among others. */
const TYPED: readonly (readonly [readonly string[], readonly string[]])[] = [
  [['he'], ['he', 'het']],
  [['ld', 'sc'], ['scores']],
  [['gre', '--solv'], ['--solver']],
  [
    ['gre', '--solver', ''],
    ['auto', 'direct', 'iterative'],
  ],
  [['h2', '--methods', 'gre,ldms-m'], ['gre,ldms-mc']],
  [
    ['ldsc', '--ref-ld-chr', 'baseline'],
    ['baseline-ld-2.2', 'baseline-ld-2.3'],
  ],
  [['gre', '--bfile', ''], ['study']],
  [['gre', '--bfile', 'study', '--pheno', 'm'], ['my pheno.txt']],
  [['explain', 'below'], ['below-zero']],
  [['ref', 'get', 'weights'], ['weights-hm3']],
  [
    ['completion', ''],
    ['bash', 'zsh', 'fish'],
  ],
];

const has = (shell: string): boolean => spawnSync(shell, ['-c', 'exit']).status === 0;
const said = (shell: string) => (has(shell) ? shell : `${shell} (not on this machine: skipped)`);

describe.skipIf(!has('bash'))(`completion in ${said('bash')}`, () => {
  /** Bash's own words of each line, then what its function answers. */
  const offeredFor = (lines: readonly (readonly string[])[]): string[][] => {
    const calls = lines.map(
      (words) =>
        `COMP_WORDS=(heredity ${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length}; _heredity; printf '%s\\n' "\${COMPREPLY[@]}"; echo ==`,
    );
    const script = ['source ./.bash', ...calls].join('\n');
    const run = spawnSync('bash', ['-c', script], { cwd: folder, encoding: 'utf8' });
    expect(run.stderr).toBe('');
    const blocks = run.stdout.split('==\n').slice(0, -1);
    return blocks.map((block) => block.split('\n').filter((line) => line !== ''));
  };
  const offered = (words: readonly string[]): string[] => offeredFor([words])[0];

  it.each(TYPED)('heredity %j offers %j', (words, wanted) => {
    const found = offered(words);
    expect(found).toEqual(expect.arrayContaining([...wanted]));
    for (const one of found) expect(one.startsWith(words.at(-1)!)).toBe(true);
  });

  it('knows every command', () => {
    const names = allCommands().map(({ name }) => name.split(' '));
    for (const [i, found] of offeredFor(names).entries()) expect(found).toContain(names[i].at(-1));
    const gre = offered(['gre', '--']);
    for (const flag of ['--bfile', '--pheno', '--help', '--plan']) expect(gre).toContain(flag);
  });

  it('goes on after a flag without a value, a value behind =, and a place', () => {
    expect(offered(['gre', '--plan', '--solver', '=', 'di'])).toEqual(['direct']);
    expect(offered(['gre', '--plan', '--sol'])).toEqual(['--solver']);
    expect(offered(['explain', 'below-zero', 'bel'])).toEqual([]);
    expect(offered(['report', 'study.bed', 'st'])).toEqual(['study.bed', 'study.bim']);
    expect(offered(['gre', '--maf', '0.0'])).toEqual([]);
  });
});

describe.skipIf(!has('fish'))(`completion in ${said('fish')}`, () => {
  it('offers the same', () => {
    const lines = TYPED.map(([words]) => `heredity ${words.join(' ')}`);
    const script = ['source .fish', ...lines.map((line) => `echo ==; complete -C '${line}'`)].join('; ');
    const run = spawnSync('fish', ['--no-config', '-c', script], { cwd: folder, encoding: 'utf8' });
    expect(run.stderr).toBe('');
    const [, ...blocks] = run.stdout.split('==\n');
    for (const [i, [words, wanted]] of TYPED.entries()) {
      const found = blocks[i].split('\n').map((line) => line.split('\t')[0].replaceAll('\\', ''));
      expect(found, words.join(' ')).toEqual(expect.arrayContaining([...wanted]));
    }
  });
});

describe.skipIf(!has('zsh'))(`completion in ${said('zsh')}`, () => {
  /** What is typed, and a pattern of zsh's for what is then listed. */
  const LISTED: readonly (readonly [string, string])[] = [
    ['ld sc', 'scores*LD scores'],
    ['gre --solv', '--solver*conjugate'],
    ['gre --solver ', 'auto*direct*iterative'],
    ['h2 --methods gre,ldms', 'ldms*ldms-mc'],
    ['ldsc --ref-ld-chr base', 'baseline-ld-2.2*baseline-ld-2.3'],
    ['gre --bfile ', 'study'],
    ['gre --pheno ', 'study.bim'],
    ['explain below', 'below-zero'],
    ['completion ', 'bash*fish*zsh'],
  ];

  it('lists the same on a terminal', () => {
    const script = String.raw`
      zmodload zsh/zpty
      zpty z zsh -f -i
      zpty -w z "PS1=; cd $1; autoload -Uz compinit; compinit -D -u; source ./.zsh; setopt no_beep; bindkey '^X' list-choices; print 'READ''Y'"
      zpty -r -m z out '*READY*'
      shift
      for typed wanted in "$@"; do
        zpty -n -w z "heredity $typed"$'\C-x'
        zpty -r -m z out "*$typed*$~wanted*" && print -r -- "$typed"
        zpty -n -w z $'\C-u'
      done
      zpty -d z`;
    const words = ['-f', '-c', script, 'zsh', folder, ...LISTED.flat()];
    const run = spawnSync('zsh', words, { encoding: 'utf8', timeout: 20_000 });
    expect(run.stdout.split('\n')).toEqual([...LISTED.map(([typed]) => typed), '']);
  }, 30_000);
});

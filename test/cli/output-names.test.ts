import { expect, it } from 'vitest';
import { allCommands } from '../../src/cli/commands.js';
import { outputNames } from '../../src/cli/output-names.js';

const matching = (file: string, names: readonly string[]) => {
  const patterns = outputNames({ outputs: [{ file, what: '' }] });
  return names.filter((name) => patterns.some((pattern) => pattern.test(name)));
};

it('knows the names that the documentation of a command gives', () => {
  const names = ['.log', 'xlog', '.a.hsq', '.hsq', '.c.svg', '.c.png', '.grm.bin', '.k.grm.id', '.grm.N.bin'];
  expect(matching('<out>.log', names)).toEqual(['.log']);
  expect(matching('<out>.<trait>.hsq', names)).toEqual(['.a.hsq']);
  expect(matching('<out>.c.svg, .png', names)).toEqual(['.c.svg', '.c.png']);
  expect(matching('<out>.c.svg', names)).toEqual(['.c.svg', '.c.png']);
  expect(matching('<out>[.<part>].grm.bin, .grm.N.bin, .grm.id', names)).toEqual([
    '.grm.bin',
    '.k.grm.id',
    '.grm.N.bin',
  ]);
  expect(matching('<out>/manifest.json', ['/manifest.json'])).toEqual([]);
});

it('reads the documentation of every command, of whose log too', async () => {
  for (const { name, load } of allCommands()) {
    const command = await load();
    if (!('out' in command.flags)) continue;
    const log = `.${command.resultName ? 'any' : name.replaceAll(' ', '-')}.log`;
    expect(
      outputNames(command).some((pattern) => pattern.test(log) || pattern.test(`.${name}.log`)),
      name,
    ).toBe(true);
  }
});

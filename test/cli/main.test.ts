import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { type Command, defineCommand } from '../../src/cli/command.js';
import { allCommands, type CommandEntry } from '../../src/cli/commands.js';
import { main } from '../../src/cli/main.js';
import { type ErrorTag, EXIT_CODES, HeredityError } from '../../src/errors.js';
import { boolean, fraction, integer, list, path } from '../../src/options/flags.js';
import { VERSION } from '../../src/provenance.js';
import type { RecordedRun } from '../../src/run.js';
import { RecordingStream } from './text-stream.js';

const folder = mkdtempSync(join(tmpdir(), 'heredity-main-'));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => {
  vi.unstubAllEnvs();
  vi.useRealTimers();
});

const flags = {
  bfile: path('prefix of the genotypes', { required: true, heading: 'Input', placeholder: 'prefix' }),
  phenoName: list('traits to use', { heading: 'Input' }),
  maf: fraction('smallest minor allele frequency', { max: 0.5, heading: 'Variants', default: 0.01 }),
  threads: integer('threads', { min: 1, default: () => 3, defaultText: 'one a core' }),
  plan: boolean('print the plan and stop'),
  quiet: boolean('say little'),
  out: path('prefix of the outputs', { default: join(folder, 'run') }),
};

type Run = Command<typeof flags>['run'];

/** Runs a command line on two commands whose work is `work`. */
async function heredity(words: string, work: Run = () => undefined) {
  const stdout = new RecordingStream();
  const stderr = new RecordingStream();
  const command = defineCommand({
    description: 'Estimates what there is to estimate.',
    flags,
    examples: [{ line: 'heredity gre --bfile study', what: 'all of it' }],
    outputs: [{ file: '<out>.gre.json', what: 'the estimates' }],
    async plan(values, run) {
      await work(values, run);
      return { about: ['planned'], steps: [] };
    },
    run: work,
  }) as unknown as Command;
  const entry = (name: string, group: string): CommandEntry => ({
    name,
    group,
    summary: `what ${name} does`,
    load: async () => command,
  });
  const commands = [
    entry('gre', 'Estimate'),
    entry('simulate genotypes', 'Simulate'),
    entry('simulate traits', 'Simulate'),
  ];
  const exitCode = await main(words.split(' ').filter(Boolean), { commands, stdout, stderr });
  return { exitCode, stdout: stdout.text, stderr: stderr.text };
}

describe('help', () => {
  test('lists the commands by group', async () => {
    const { exitCode, stdout, stderr } = await heredity('--help');
    expect(exitCode).toBe(0);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/Estimate:\n {2}gre +what gre does\n/);
    expect(stdout).toMatch(
      /Simulate:\n {2}simulate genotypes +what simulate genotypes does\n {2}simulate traits /,
    );
  });

  test('lists the groups in the order of the commands', async () => {
    const stream = new RecordingStream();
    await main(['--help'], { stdout: stream, stderr: stream });
    expect(stream.text.match(/^[A-Z][^:\n]*(?=:$)/gm)).toEqual([
      'Options',
      ...new Set(allCommands().map(({ group }) => group)),
    ]);
  });

  test.each(['gre --help', 'help gre', 'gre -h', 'gre --maf 0.1 --help'])(
    '%s explains the command',
    async (words) => {
      const { exitCode, stdout } = await heredity(words);
      expect(exitCode).toBe(0);
      expect(stdout).toMatch(/^Usage: heredity gre --bfile <prefix> \[flags\]\n/);
      expect(stdout).toContain('Estimates what there is to estimate.');
      expect(stdout).toMatch(/Input:\n {2}--bfile <prefix> +prefix of the genotypes \(required\)/);
      expect(stdout).toMatch(/--pheno-name <names> +traits to use \(may be repeated\)/);
      expect(stdout).toMatch(
        /Variants:\n {2}--maf <fraction> +smallest minor allele frequency \(default: 0.01\)/,
      );
      expect(stdout).toMatch(/--threads <integer> +threads \(default: one a core\)/);
      expect(stdout).toMatch(/Files written:\n {2}<out>.gre.json {2}the estimates/);
      expect(stdout).toMatch(/Examples:\n {2}# all of it\n {2}heredity gre --bfile study/);
    },
  );

  test('a command of two words', async () => {
    expect((await heredity('simulate genotypes --help')).stdout).toMatch(
      /^Usage: heredity simulate genotypes /,
    );
    expect((await heredity('simulate --help')).stdout).toMatch(/simulate traits +what simulate traits does/);
  });

  test('no command at all is wrong usage, and prints the help', async () => {
    for (const words of ['', 'simulate']) {
      const { exitCode, stdout, stderr } = await heredity(words);
      expect(exitCode, words).toBe(2);
      expect(stdout).toBe('');
      expect(stderr).toContain('what simulate traits does');
    }
  });

  test('version', async () => {
    expect(await heredity('--version')).toEqual({ exitCode: 0, stdout: `${VERSION}\n`, stderr: '' });
  });
});

describe('wrong usage is one line and exit code 2', () => {
  const rows: [string, string][] = [
    ['grr', `unknown command 'grr'. Did you mean gre?`],
    ['xyzzy', `unknown command 'xyzzy'. "heredity --help" lists the commands`],
    ['simulate genotype', `unknown command 'genotype'. Did you mean genotypes?`],
    ['--bfile x', `unknown flag '--bfile'. "heredity --help" lists the commands`],
    ['gre --bfle x', `unknown flag '--bfle'. Did you mean --bfile?`],
    ['gre --bfile x --xyzzy', `unknown flag '--xyzzy'. "heredity gre --help" lists the flags`],
    ['gre', '--bfile <prefix> is required: prefix of the genotypes'],
    ['gre --bfile', `flag '--bfile <prefix>' argument missing. "heredity gre --help" lists the flags`],
    ['gre --bfile --maf 0.1', '--bfile: expected a file name, found the flag --maf'],
    ['gre --bfile x --maf y', '--maf: expected a number from 0 to 0.5, found "y"'],
    ['gre --bfile x --maf=0.6', '--maf: expected a number from 0 to 0.5, found "0.6"'],
    ['gre --bfile x --bfile y', '--bfile is given twice'],
    ['gre --bfile x y', 'unexpected argument "y". "heredity gre --help" lists the flags'],
  ];
  test.each(rows)('%s', async (words, message) => {
    const ran = vi.fn();
    const { exitCode, stdout, stderr } = await heredity(words, ran);
    expect(stderr).toContain(`error: ${message}`);
    expect(stderr.trimEnd()).not.toContain('\n');
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(ran).not.toHaveBeenCalled();
  });
});

describe('a run', () => {
  test('gets its flags, with defaults filled in', async () => {
    let seen: unknown;
    await heredity('gre --bfile study --pheno-name a,b --pheno-name c --plan', (values) => {
      seen = values;
    });
    expect(seen).toEqual({
      bfile: 'study',
      phenoName: ['a', 'b', 'c'],
      maf: 0.01,
      threads: 3,
      plan: true,
      quiet: false,
      out: join(folder, 'run'),
    });
  });

  test('has provenance of its command line and its flags', async () => {
    let context: RecordedRun | undefined;
    await heredity('simulate traits --bfile=study --plan', (_, given) => {
      context = given;
      given.log.warn('odd');
    });
    expect(await context!.provenance.finish()).toMatchObject({
      command: 'simulate traits',
      commandLine: ['heredity', 'simulate', 'traits', '--bfile=study', '--plan'],
      flags: { '--bfile': 'study', '--pheno-name': null, '--maf': 0.01, '--threads': 3, '--plan': true },
      threads: 3,
      seed: null,
      warnings: ['odd'],
    });
  });

  test('prints results to stdout, notes to stderr, and both to <out>.<name>.log', async () => {
    const out = join(folder, 'noted');
    const { exitCode, stdout, stderr } = await heredity(`gre --bfile study --out ${out}`, (_, { log }) => {
      log.info('reading');
      log.result('h2 = 0.25');
    });
    expect(exitCode).toBe(0);
    expect(stdout).toBe('h2 = 0.25\n');
    const log = readFileSync(`${out}.gre.log`, 'utf8');
    expect(log.split('\n')).toEqual([
      expect.stringMatching(`^heredity ${VERSION}, \\d{4}-`),
      `heredity gre --bfile study --out ${out}`,
      'reading',
      'h2 = 0.25',
      expect.stringMatching(/^Done in .* s, peak memory .*B$/),
      '',
    ]);
    expect(stderr).toBe(log.replace('h2 = 0.25\n', ''));
  });

  test('--quiet leaves only results', async () => {
    const out = join(folder, 'quiet');
    const { stdout, stderr } = await heredity(`gre --bfile study --quiet --out ${out}`, (_, { log }) => {
      log.info('reading');
      log.result('h2 = 0.25');
    });
    expect([stdout, stderr]).toEqual(['h2 = 0.25\n', '']);
    expect(existsSync(`${out}.gre.log`)).toBe(true);
  });

  test('--plan writes no log', async () => {
    const out = join(folder, 'planned');
    await heredity(`gre --bfile study --plan --out ${out}`);
    expect(existsSync(`${out}.gre.log`)).toBe(false);
  });
});

describe('a failure', () => {
  const tags = Object.keys(EXIT_CODES) as ErrorTag[];
  test.each(tags)('%s has its exit code, one line, and no log', async (tag) => {
    const before = readdirSync(folder);
    const { exitCode, stderr } = await heredity(`gre --bfile study --quiet --out ${folder}/failed`, () => {
      throw new HeredityError(tag, 'no genotypes', { file: 'study.bed', line: 3, fix: 'get some' });
    });
    expect(exitCode).toBe(EXIT_CODES[tag]);
    expect(stderr.split('\n')).toHaveLength(2);
    expect(stderr).toContain('study.bed:3: no genotypes. Get some');
    expect(stderr).not.toContain('    at ');
    expect(readdirSync(folder)).toEqual(before);
  });

  test('of the output folder comes before the work', async () => {
    const ran = vi.fn();
    const { exitCode, stderr } = await heredity(`gre --bfile study --out ${folder}/absent/run`, ran);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('does not exist');
    expect(ran).not.toHaveBeenCalled();
  });

  test('of another kind is a bug of ours', async () => {
    const { exitCode, stderr } = await heredity('gre --bfile study --quiet', () => {
      throw new TypeError('x is not a function\nsecond line');
    });
    expect(exitCode).toBe(70);
    expect(stderr).toBe(
      "error: internal error, a bug of heredity's: x is not a function. " +
        'Run it again with HEREDITY_DEBUG=1 and report what it prints\n',
    );
  });

  test('shows its stack with HEREDITY_DEBUG=1', async () => {
    vi.stubEnv('HEREDITY_DEBUG', '1');
    const { stderr } = await heredity('gre --bfile study --quiet', () => {
      throw new TypeError('x is not a function');
    });
    expect(stderr).toMatch(/x is not a function\n.*\n? {4}at /);
  });

  test('to allocate is a matter of memory', async () => {
    const { exitCode, stderr } = await heredity('gre --bfile study --quiet', () => {
      new ArrayBuffer(Number.MAX_SAFE_INTEGER);
    });
    expect(exitCode).toBe(6);
    expect(stderr).toBe('error: not enough memory. Set a lower --memory\n');
  });
});

test('a full disk is no bug', async () => {
  const { exitCode, stderr } = await heredity('gre --bfile study --quiet', () => {
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  });
  expect([exitCode, stderr]).toEqual([6, 'error: ENOSPC: no space left on device, write\n']);
});

describe('Ctrl-C', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)('%s aborts the signal and gives exit code 130', async (name) => {
    const listeners = process.listenerCount(name);
    const { exitCode, stderr } = await heredity('gre --bfile study --quiet', async (_, { signal }) => {
      process.emit(name);
      signal.throwIfAborted();
    });
    expect(exitCode).toBe(130);
    expect(stderr).toContain('stopping');
    expect(stderr).toContain('error: interrupted');
    expect(process.listenerCount(name)).toBe(listeners);
  });

  test('a run that finishes all the same is still interrupted', async () => {
    const out = join(folder, 'late');
    const { exitCode } = await heredity(`gre --bfile study --quiet --out ${out}`, () => {
      process.emit('SIGINT');
    });
    expect(exitCode).toBe(130);
    expect(existsSync(`${out}.gre.log`)).toBe(false);
  });

  test('a run that does not stop is left behind', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    let stopped: () => void;
    const stopping = new Promise<void>((resolve) => {
      stopped = resolve;
    });
    const result = heredity('gre --bfile study --quiet', () => {
      process.emit('SIGINT');
      stopped();
      return new Promise(() => undefined);
    });
    await stopping;
    await vi.advanceTimersByTimeAsync(5000);
    expect((await result).exitCode).toBe(130);
  });

  test('twice ends the process at once', async () => {
    const exit = vi.spyOn(process, 'exit').mockImplementation((() => undefined) as never);
    await heredity('gre --bfile study --quiet', () => {
      process.emit('SIGINT');
      expect(exit).not.toHaveBeenCalled();
      process.emit('SIGINT');
    });
    expect(exit).toHaveBeenCalledWith(130);
    exit.mockRestore();
  });
});

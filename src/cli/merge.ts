import { HeredityError } from '../errors.js';
import { runFlags } from '../options/common-flags.js';
import { defaultsOf, defineFlags, path, string } from '../options/flags.js';
import { openMerge } from '../parts/divided-run.js';
import { type Command, defineCommand, type GoesOn } from './command.js';
import type { CommandEntry } from './commands.js';

const { out, quiet, threads, memory } = runFlags;

const flags = defineFlags({
  prefix: path('what the parts had as --out', { heading: 'Input', placeholder: 'prefix', required: true }),
  run: string('which run, where parts of several are under the prefix: gre, he, grm and so on', {
    heading: 'Input',
    placeholder: 'name',
  }),
  out,
  quiet,
  threads,
  memory,
});

/** @param entries the commands that can be divided are among them. */
export function mergeCommand(entries: readonly CommandEntry[]): Command {
  return defineCommand({
    description:
      'Joins the parts of a run that was divided with --parts and --part, and goes on from there: the files are those that the command would ' +
      'have written by itself, the same to the last bit. Parts that are missing, damaged, or of other flags, files, programs or kernels ' +
      'are refused by name. It reads the inputs of the run again, which have to be what they were.',
    flags,
    argument: 'prefix',
    examples: [
      {
        line: 'heredity merge parts/study --out study',
        what: 'after "heredity gre … --parts 4 --part 1 --out parts/study" and so on to --part 4',
      },
      {
        line: 'heredity merge parts/study --run he --out study',
        what: 'one of several runs whose parts are under the prefix',
      },
    ],
    outputs: [{ file: '<out>.<any>', what: 'the files of the command that was divided' }],
    async goesOn(values): Promise<GoesOn> {
      const merged = await openMerge(values.prefix, values.run);
      const { manifest } = merged;
      const entry = entries.find(({ name }) => name === manifest.command);
      if (!entry)
        throw new HeredityError('bad-input', 'the parts are of a command that is not known', {
          value: manifest.command,
        });
      const command = await entry.load();
      const { out, quiet, threads, memory } = values;
      const settings = { ...defaultsOf(command.flags), ...manifest.settings, out, quiet, threads, memory };
      return { name: entry.name, command, values: settings, merged };
    },
    run(): never {
      throw new HeredityError('internal', 'a merge goes on with the run that was divided');
    },
  });
}

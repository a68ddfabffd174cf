import { HeredityError } from '../errors.js';
import { didYouMean } from '../formats/near-names.js';
import { defaultsOf, type Flag, type FlagSet, type FlagValues, parseFlag } from '../options/flags.js';

/** Options of the library by the names of the flags, `phenoName` for `--pheno-name`: those that are needed, and any others. */
export type OptionsOf<F extends FlagSet> = Partial<FlagValues<F>>;

/**
 * The values of some flags with defaults filled in, each checked as it is on a command line.
 * @throws HeredityError `usage` for an option that there is not, or a value that is not what is expected.
 */
export function readOptions<F extends FlagSet>(flags: F, given: object): FlagValues<F> {
  const values: Record<string, unknown> = { ...defaultsOf(flags) };
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    if (!Object.hasOwn(flags, name)) {
      const near = didYouMean(name, Object.keys(flags));
      throw new HeredityError('usage', `there is no option ${name}`, {
        expected: Object.keys(flags).join(', '),
        ...(near !== undefined && { fix: near }),
      });
    }
    values[name] = readOption(name, flags[name], value);
  }
  return values as FlagValues<F>;
}

function readOption(name: string, flag: Flag<unknown>, value: unknown): unknown {
  if (flag.placeholder === undefined) {
    if (typeof value === 'boolean') return value;
    throw new HeredityError('usage', `${name}: expected true or false`, { value: String(value) });
  }
  if (flag.repeatable) {
    const texts = Array.isArray(value) ? value : [value];
    return texts.flatMap((text) => parseFlag(name, flag, String(text)));
  }
  return parseFlag(name, flag, String(value));
}

/** The flags but for those that only a command line has. */
export function withoutTerminal<F extends FlagSet>(flags: F): Omit<F, 'out' | 'quiet' | 'plan' | 'report'> {
  const { out: _out, quiet: _quiet, plan: _plan, report: _report, ...others } = flags;
  return others as Omit<F, 'out' | 'quiet' | 'plan' | 'report'>;
}

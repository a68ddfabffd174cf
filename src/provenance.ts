import { HeredityError } from './errors.js';
import type { DosageReport, HardCallReport } from './formats/hard-calls.js';
import { host } from './host/host.js';
import type { SystemRecord } from './host/machine.js';
import { type HashedInput, InputHashes } from './input-hashes.js';
import { VERSION } from './version.js';

export { VERSION };

/** How a result came about; part of every JSON output. Schema: docs/schemas/provenance.schema.json. */
export interface ProvenanceRecord {
  readonly version: string;
  readonly command: string;
  /** The command line as it was typed, word by word. */
  readonly commandLine: readonly string[];
  /** Every flag of the command as it is typed, with defaults filled in; null where it has no value. */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly seed: number | null;
  readonly threads: number | null;
  /** The kernels that computed; null where none did. */
  readonly backend: BackendUsed | null;
  /** The version of Node.js; in a browser, the browser. */
  readonly node: string;
  readonly system: SystemRecord;
  readonly inputs: readonly InputRecord[];
  readonly samples: LossRecord | null;
  readonly variants: LossRecord | null;
  /** What hard calls made of dosages; null where the genotypes have none. */
  readonly hardCalls: HardCallReport | null;
  /** With --dosage: the dosages that counted as they are; not there otherwise. */
  readonly dosages?: DosageReport;
  /** How each trait and covariate was read. */
  readonly columns: readonly ColumnRecord[];
  readonly warnings: readonly string[];
  /** Of a run whose parts were computed apart and merged; not there otherwise. */
  readonly parts?: readonly PartRecord[];
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly wallSeconds: number;
  /** Largest resident set of the process. */
  readonly peakMemoryBytes: number;
}

/** How a part of a merged run came about. */
export interface PartRecord {
  /** From 1. */
  readonly part: number;
  /** From 1, where the work was divided in rounds. */
  readonly round?: number;
  readonly system: SystemRecord;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly wallSeconds: number;
  readonly peakMemoryBytes: number;
}

export interface BackendUsed {
  readonly backend: string;
  /** Instruction level, such as `avx512+vnni+vpopcntdq`. */
  readonly level: string;
}

export interface InputRecord {
  readonly path: string;
  /** Null for a pipe, which can be read only once. */
  readonly bytes: number | null;
  readonly sha256: string | null;
}

/** A column of a table of people, as it was read. */
export interface ColumnRecord {
  readonly name: string;
  readonly use: 'trait' | 'covariate';
  readonly kind: 'quantitative' | 'case-control' | 'categorical';
  /** Of a case-control trait. */
  readonly cases?: number;
  readonly controls?: number;
  /** Categories of a categorical covariate. */
  readonly levels?: number;
}

export interface LossRecord {
  /** How many there were before the first step. */
  readonly start: number;
  readonly steps: readonly LossStep[];
  /** How many were left after the last step. */
  readonly left: number;
  /** What is counted, where it is neither people nor variants: `pairs`, `families`. */
  readonly unit?: string;
}

export interface LossStep {
  /** What was done, with its flag where there is one: `--maf`. */
  readonly step: string;
  readonly lost: number;
  readonly left: number;
  readonly why: string;
}

/** How many samples or variants were lost at which step, and why. */
export class LossTable {
  readonly #start: number;
  readonly #unit: string | undefined;
  readonly #steps: LossStep[] = [];

  /**
   * @param start how many there were before the first step.
   * @param unit what is counted, where it is neither people nor variants.
   */
  constructor(start: number, unit?: string) {
    this.#start = start;
    this.#unit = unit;
  }

  get left(): number {
    return this.#steps.at(-1)?.left ?? this.#start;
  }

  /** Notes a step after which `left` remain; a step that lost nothing is noted too. */
  step(step: string, left: number, why: string): void {
    if (left > this.left) {
      throw new HeredityError('internal', `step ${step} cannot leave ${left} of ${this.left}`);
    }
    this.#steps.push({ step, lost: this.left - left, left, why });
  }

  /** The table that a record was made of. */
  static of({ start, steps, unit }: LossRecord): LossTable {
    const table = new LossTable(start, unit);
    for (const { step, left, why } of steps) table.step(step, left, why);
    return table;
  }

  toJSON(): LossRecord {
    const counted = { start: this.#start, steps: [...this.#steps], left: this.left };
    return this.#unit === undefined ? counted : { ...counted, unit: this.#unit };
  }
}

export interface ProvenanceOptions {
  readonly command: string;
  readonly commandLine: readonly string[];
  /** Values by the flag as it is typed, such as `--pheno-name`. */
  readonly flags: Readonly<Record<string, unknown>>;
  /** Of a merged run. */
  readonly parts?: readonly PartRecord[];
  readonly startedAt: Date;
  /** Stops the hashing of input files. */
  readonly signal?: AbortSignal;
  /** Whether large inputs are hashed by pieces, too: where the run is one of parts. @default false */
  readonly hashesPieces?: boolean;
}

/** Collects a {@link ProvenanceRecord} while a command runs. */
export class Provenance {
  readonly #options: ProvenanceOptions;
  /** What is read, by contents. */
  readonly hashes: InputHashes;
  readonly #warnings: string[] = [];
  #backend: BackendUsed | null = null;
  #samples: LossTable | null = null;
  #variants: LossTable | null = null;
  #hardCalls: HardCallReport | null = null;
  #dosages: DosageReport | undefined;
  readonly #columns: ColumnRecord[] = [];
  /** Of one of several results of a run: the inputs of its own. */
  readonly #own: Set<string> | undefined;

  /** @param hashes of the run, where this is the record of one of its results, with inputs of its own. */
  constructor(options: ProvenanceOptions, hashes?: InputHashes) {
    this.#options = options;
    this.hashes = hashes ?? new InputHashes(options.signal, options.hashesPieces);
    this.#own = hashes && new Set();
  }

  /** The record of one of several results of the run, which begins empty. */
  ofOneResult(): Provenance {
    return new Provenance(this.#options, this.hashes);
  }

  /** Names a file that is read, and begins to hash it in the background, one file after another. */
  input(path: string): void {
    this.hashes.add(path);
    this.#own?.add(path);
  }

  /** The inputs named so far, once they are hashed. @throws HeredityError as {@link finish}. */
  async inputs(): Promise<InputRecord[]> {
    const inputs = await this.hashes.all();
    return inputs.filter(({ path }) => this.#own?.has(path) ?? true).map(recordOf);
  }

  /** Told by {@link usesBackend}; null before. */
  get backend(): BackendUsed | null {
    return this.#backend;
  }

  /** Those so far. */
  get warnings(): readonly string[] {
    return this.#warnings;
  }

  /** The kernels that compute. */
  usesBackend({ backend, level }: BackendUsed): void {
    this.#backend = { backend, level };
  }

  /** The table of lost samples; may still grow. */
  losesSamples(table: LossTable): void {
    this.#samples = table;
  }

  /** The table of lost variants; may still grow. */
  losesVariants(table: LossTable): void {
    this.#variants = table;
  }

  /** What hard calls made of dosages. */
  usesHardCalls(report: HardCallReport): void {
    this.#hardCalls = report;
  }

  /** Dosages counted as they are. */
  usesDosages(report: DosageReport): void {
    this.#dosages = report;
  }

  /** Those so far. */
  get columns(): readonly ColumnRecord[] {
    return this.#columns;
  }

  /** How traits or covariates were read. */
  readsColumns(columns: readonly ColumnRecord[]): void {
    this.#columns.push(...columns);
  }

  warn(text: string): void {
    this.#warnings.push(text);
  }

  /**
   * The whole record, once every input file is hashed; wall time and peak memory are those of this moment.
   * @throws HeredityError `resource` when an input can no longer be read.
   */
  async finish(): Promise<ProvenanceRecord> {
    const inputs = await this.inputs();
    const { command, commandLine, flags, parts, startedAt } = this.#options;
    return {
      version: VERSION,
      command,
      commandLine,
      flags: Object.fromEntries(Object.entries(flags).map(([name, value]) => [name, value ?? null])),
      seed: (flags['--seed'] as number | undefined) ?? null,
      threads: (flags['--threads'] as number | undefined) ?? null,
      backend: this.#backend,
      node: host().machine.runtime,
      system: describeSystem(),
      inputs,
      samples: this.#samples?.toJSON() ?? null,
      variants: this.#variants?.toJSON() ?? null,
      hardCalls: this.#hardCalls,
      ...(this.#dosages && { dosages: this.#dosages }),
      columns: [...this.#columns],
      warnings: [...this.#warnings],
      ...(parts && { parts }),
      startedAt: startedAt.toISOString(),
      wallSeconds: (Date.now() - startedAt.getTime()) / 1000,
      peakMemoryBytes: peakMemoryBytes(),
    };
  }
}

/** The most memory of this process so far, in bytes. */
export function peakMemoryBytes(): number {
  return host().machine.peakMemory();
}

/** The machine, in the words of its operating system. */
export function describeSystem(): SystemRecord {
  return host().machine.system();
}

const recordOf = ({ path, bytes, sha256 }: HashedInput): InputRecord => ({ path, bytes, sha256 });

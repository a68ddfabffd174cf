import { Checkpoint } from '../checkpoint.js';
import type { LossStep, LossTable, Provenance } from '../provenance.js';
import type { Log, RecordedRun } from '../run.js';

interface StepRecord {
  readonly id: string;
  readonly result: unknown;
  /** What the step said. */
  readonly notes: readonly Note[];
  /** What it noted in the table of losses. */
  readonly losses: readonly LossStep[];
}

interface Note {
  readonly kind: keyof Log;
  readonly text: string;
}

/**
 * Steps of a run that follow from its inputs and settings: when the same run is given again, a step that was finished is not
 * done again. Results are plain values and arrays of float64, int32 and bytes.
 */
export class Steps {
  readonly #checkpoint: Checkpoint<StepRecord>;

  private constructor(checkpoint: Checkpoint<StepRecord>) {
    this.#checkpoint = checkpoint;
  }

  /** @param provenance knows by now every input that the steps depend on. */
  static async open(path: string, settings: unknown, provenance: Provenance): Promise<Steps> {
    return new Steps(await Checkpoint.open<StepRecord>(path, settings, provenance));
  }

  /** Steps that an earlier run has finished. */
  get finished(): number {
    return this.#checkpoint.finished;
  }

  /**
   * The result of a step, made unless it is known; what it said is said again.
   * @param losses a table in which the step may note losses of variants.
   */
  async take<T>(
    id: string,
    context: RecordedRun,
    make: (context: RecordedRun) => Promise<T>,
    losses?: LossTable,
  ): Promise<T> {
    const known = this.#checkpoint.recall(id);
    if (known) {
      for (const { kind, text } of known.notes) context.log[kind](text);
      for (const { step, left, why } of known.losses) losses?.step(step, left, why);
      return decoded(known.result) as T;
    }
    const notes: Note[] = [];
    const noting = (kind: keyof Log) => (text: string) => {
      notes.push({ kind, text });
      context.log[kind](text);
    };
    const log: Log = { info: noting('info'), warn: noting('warn'), result: noting('result') };
    const before = losses?.toJSON().steps.length ?? 0;
    const result = await make({ ...context, log });
    const noted = losses?.toJSON().steps.slice(before) ?? [];
    await this.#checkpoint.remember({ id, result: encoded(result), notes, losses: noted });
    return result;
  }

  /** Lets what was kept go when the results appear. */
  finish(): void {
    this.#checkpoint.finish();
  }
}

const ARRAYS = { Float64Array, Int32Array, Uint8Array } as const;
type ArrayName = keyof typeof ARRAYS;

interface EncodedArray {
  readonly array: ArrayName;
  readonly base64: string;
}

function encoded(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) {
    const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    return { array: value.constructor.name, base64: toBase64(bytes) };
  }
  if (Array.isArray(value)) return value.map(encoded);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, own]) => [key, encoded(own)]));
}

function decoded(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decoded);
  if (value === null || typeof value !== 'object') return value;
  const { array, base64 } = value as Partial<EncodedArray>;
  if (array !== undefined && base64 !== undefined) return new ARRAYS[array](fromBase64(base64).buffer);
  return Object.fromEntries(Object.entries(value).map(([key, own]) => [key, decoded(own)]));
}

/** Bytes that become characters at a time: as many as a call takes arguments. */
const CHUNK = 1 << 13;

function toBase64(bytes: Uint8Array): string {
  const texts: string[] = [];
  for (let at = 0; at < bytes.length; at += CHUNK)
    texts.push(String.fromCharCode(...bytes.subarray(at, at + CHUNK)));
  return btoa(texts.join(''));
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

import { host } from './host/host.js';
import { median } from './linalg/median.js';
import { type Plan, type PlanStep, peakMemory } from './plan.js';

/** What is read of a file to see how fast it comes: pieces in different places, few of which are in memory already where the file is large. */
const PIECES = 5;
const PIECE_BYTES = 16 << 20;
/** Bytes a second that are hashed on one thread (SHA-256). */
const HASHED = 1.4e9;
/** Less is not worth a line. */
const LEAST_SECONDS = 0.5;

/**
 * The plan with what reading its files takes beside its steps: the disk is timed for a moment. All files are hashed whole, beside the first pass;
 * what the machine cannot keep in memory beside the run is read again at each further one.
 */
export async function withReadingTime(plan: Plan, threads: number): Promise<Plan> {
  const { reading } = plan;
  if (!reading) return plan;
  const files = await largestFirst(reading.files);
  const largest = files[0];
  if (!largest || largest.size < PIECES * PIECE_BYTES) return plan;
  const whole = files.reduce((sum, { size }) => sum + size, 0);
  const room = host().machine.availableMemory() - peakMemory(plan);
  const step = readingStep({ ...reading, whole }, await bytesPerSecond(largest), room, threads);
  return step.seconds! < LEAST_SECONDS ? plan : { ...plan, steps: [step, ...plan.steps] };
}

interface Reading {
  readonly passes: number;
  /** Of all passes. */
  readonly bytes: number;
  /** Of all files. */
  readonly whole: number;
}

/** @param rate bytes a second. @param room bytes of memory that are left beside the run. */
export function readingStep(
  { passes, bytes, whole }: Reading,
  rate: number,
  room: number,
  threads: number,
): PlanStep {
  const once = bytes / passes;
  const again = once <= room ? 0 : bytes - once;
  return {
    name: 'reading from disk',
    how: `${Math.round(rate / 1e6).toLocaleString('en')} MB a second`,
    memory: {},
    seconds: (Math.max(whole, once) + again) / rate + whole / HASHED / threads,
  };
}

interface SizedFile {
  readonly path: string;
  readonly size: number;
}

async function largestFirst(paths: readonly string[]): Promise<SizedFile[]> {
  const { files } = host();
  const found = await Promise.all(
    paths.map(async (path) => ({ path, size: (await files.facts(path)).size })),
  );
  return found.sort((a, b) => b.size - a.size);
}

/** The median of the pieces: some may be in memory. */
async function bytesPerSecond({ path, size }: SizedFile): Promise<number> {
  const file = await host().files.open(path);
  try {
    const target = new Uint8Array(PIECE_BYTES);
    const rates = new Float64Array(PIECES);
    for (let piece = 0; piece < PIECES; piece++) {
      // other places each time, else the second plan would find them in memory
      const position = Math.floor(((piece + Math.random()) / PIECES) * (size - PIECE_BYTES));
      const start = performance.now();
      const bytes = await file.readInto(target, position);
      rates[piece] = (1000 * bytes) / (performance.now() - start);
    }
    return median(rates);
  } finally {
    await file.close();
  }
}

import { formatBytes, formatCount, formatDuration } from '../estimate/number.js';
import { largest } from '../linalg/extremes.js';
import {
  BESIDE_MEMORY,
  MEMORY_TERMS,
  type MemoryTerm,
  type MemoryTerms,
  type Plan,
  type PlanStep,
  peakMemory,
  planSeconds,
  stepMemory,
} from '../plan.js';
import { type Column, textTable } from './table.js';

/** What the run is allowed; undefined where the command has no such flag. */
export interface PlanLimits {
  readonly threads?: number;
  /** Bytes of --memory. */
  readonly memory?: number;
}

/** More steps are summed up in a line. */
const MOST_ROWS = 60;

/** The plan for people: what it is of, a row a step, and the memory and time of all. */
export function planText(plan: Plan, { threads = 1, memory }: PlanLimits): string {
  const { about, reading, steps, notes = [] } = plan;
  const passes = reading && `${formatCount(reading.passes)} ${reading.passes === 1 ? 'pass' : 'passes'}`;
  return [
    ...about,
    ...(reading
      ? [`${passes} over the genotypes (${formatBytes(reading.bytes)} read), ${threads} threads`]
      : []),
    ...paragraph(notes),
    ...paragraph(steps.length > MOST_ROWS ? [inALine(steps)] : steps.length > 0 ? [stepTable(steps)] : []),
    ...paragraph(steps.length > 0 || plan.held ? [totals(plan, memory)] : []),
  ].join('\n');
}

/** The plan for programs; its schema is docs/schemas/plan.schema.json. */
export function planJson(plan: Plan, { threads = 1, memory }: PlanLimits): string {
  const document = {
    schema: 'heredity/plan@1',
    about: plan.about,
    passes: plan.reading?.passes ?? 0,
    bytesRead: Math.round(plan.reading?.bytes ?? 0),
    held: rounded(plan.held ?? {}),
    steps: plan.steps.map((step) => ({ ...step, memory: rounded(step.memory) })),
    notes: plan.notes ?? [],
    threads,
    memoryBytes: Math.round(peakMemory(plan)),
    memoryAllowed: memory ?? null,
    seconds: planSeconds(plan),
  };
  return JSON.stringify(document, null, 1);
}

function totals(plan: Plan, allowed: number | undefined): string {
  const seconds = planSeconds(plan);
  const time = seconds === null ? '' : ` Time: about ${formatDuration(seconds)}.`;
  const terms = plan.held
    ? [...inWords(plan.held), ...(plan.steps.length > 0 ? ['what the largest step holds'] : [])]
    : [];
  const sum = terms.length > 0 ? `: ${terms.join('; ')}` : '';
  const beside = plan.held ? `, and ${formatBytes(BESIDE_MEMORY)} beside it` : '';
  const limit = allowed === undefined ? '' : ` Allowed: ${formatBytes(allowed)} (--memory)${beside}.`;
  return `Memory: about ${formatBytes(peakMemory(plan))} at most${sum}.${limit}${time}`;
}

function inWords(held: MemoryTerms): string[] {
  return (Object.keys(MEMORY_TERMS) as MemoryTerm[]).flatMap((term) =>
    held[term] ? [`${formatBytes(Math.round(held[term]))} ${MEMORY_TERMS[term]}`] : [],
  );
}

const rounded = (terms: MemoryTerms) =>
  Object.fromEntries(Object.entries(terms).map(([term, bytes]) => [term, Math.round(bytes)]));

function paragraph(lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', ...lines];
}

/** A column for each term that some step has. */
function stepTable(steps: readonly PlanStep[]): string {
  const terms = (Object.keys(MEMORY_TERMS) as MemoryTerm[]).filter((term) =>
    steps.some(({ memory }) => (memory[term] ?? 0) > 0),
  );
  const has = (field: 'variants' | 'how') => steps.some((step) => step[field] !== undefined);
  const columns: Column<PlanStep>[] = [
    { name: 'step', value: ({ name }) => name },
    ...(has('variants')
      ? [{ name: 'variants', value: ({ variants }: PlanStep) => variants ?? null } satisfies Column<PlanStep>]
      : []),
    ...(has('how')
      ? [{ name: 'how', value: ({ how }: PlanStep) => how ?? null } satisfies Column<PlanStep>]
      : []),
    ...terms.map(
      (term): Column<PlanStep> => ({
        name: term,
        value: ({ memory }) => (memory[term] ? formatBytes(memory[term]) : null),
      }),
    ),
    ...(terms.length > 1
      ? [
          {
            name: 'memory',
            value: (step: PlanStep) => formatBytes(stepMemory(step)),
          } satisfies Column<PlanStep>,
        ]
      : []),
    { name: 'time', value: ({ seconds }) => (seconds === null ? null : formatDuration(seconds)) },
  ];
  return textTable(columns, steps);
}

function inALine(steps: readonly PlanStep[]): string {
  const most = largest(steps.map(({ variants = 0 }) => variants));
  return `${formatCount(steps.length)} steps${most > 0 ? ` of up to ${formatCount(most)} variants` : ''}`;
}

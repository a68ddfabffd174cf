import { HeredityError } from '../errors.js';

/** What the effects of an architecture are coupled with beside frequency: sigma² in proportion to w^gamma (METHODS 2.1, 2.4). */
export type WeightKind = 'none' | 'ldak' | 'ld-score';

/** One genetic architecture of an accuracy study. */
export interface Cell {
  /** Says all of it, such as `h0.25_p0.01_maf0.01-0.05_a-0.25_ldak`: the same in every grid. */
  readonly id: string;
  readonly h2: number;
  /** Share of all variants that are causal; 1 is every variant. */
  readonly causalShare: number;
  /** Minor allele frequencies that causal variants may have, ends included. */
  readonly causalFrequency: readonly [number, number];
  readonly alpha: number;
  readonly gamma: number;
  readonly weights: WeightKind;
}

export interface Grid {
  readonly name: string;
  readonly cells: readonly Cell[];
}

const H2_LEVELS = [0.1, 0.25, 0.5, 0.8];
const ALPHAS = [-1, -0.25];
const ANY: readonly [number, number] = [0, 0.5];
const FREQUENCIES: readonly (readonly [number, number])[] = [ANY, [0.01, 0.05], [0.05, 0.5]];
const AROUND_ONE_PERCENT: readonly [number, number] = [0.009, 0.011];

/** A cell with its ID. */
export function makeCell(architecture: Omit<Cell, 'id'>): Cell {
  const { h2, causalShare, causalFrequency, alpha, gamma, weights } = architecture;
  const coupling = gamma === 0 ? 'none' : gamma === 1 ? weights : `${weights}^${gamma}`;
  const id = `h${h2}_p${causalShare}_maf${causalFrequency.join('-')}_a${alpha}_${coupling}`;
  return { id, ...architecture };
}

/** Cells in the order of the paper's tables: h², then polygenicity, then frequencies, then coupling and alpha. */
function cross(
  h2s: readonly number[],
  causal: readonly { readonly share: number; readonly frequencies: typeof FREQUENCIES }[],
  couplings: readonly WeightKind[],
): Cell[] {
  return h2s.flatMap((h2) =>
    causal.flatMap(({ share, frequencies }) =>
      frequencies.flatMap((causalFrequency) =>
        couplings.flatMap((weights) =>
          ALPHAS.map((alpha) =>
            makeCell({
              h2,
              causalShare: share,
              causalFrequency,
              alpha,
              gamma: weights === 'none' ? 0 : 1,
              weights,
            }),
          ),
        ),
      ),
    ),
  );
}

const ALL = { share: 1, frequencies: [ANY] };
const ONE_PERCENT = { share: 0.01, frequencies: FREQUENCIES };
const ONE_PER_MILLE = { share: 0.001, frequencies: FREQUENCIES };
const RARE = [0.01, 0.001].map((share) => ({ share, frequencies: [AROUND_ONE_PERCENT] }));

const grid64 = () => cross(H2_LEVELS, [ALL, ONE_PERCENT], ['none', 'ldak']);
const grid112 = () => cross(H2_LEVELS, [ALL, ONE_PERCENT, ONE_PER_MILLE], ['none', 'ldak']);
const grid14 = () => cross([0.25], [ALL, ONE_PERCENT, ONE_PER_MILLE], ['ld-score']);

/** The grids of Hou et al. 2019, by the number of their cells (METHODS 2.2). */
const GRIDS: Readonly<Record<string, () => Cell[]>> = {
  64: grid64,
  112: grid112,
  14: grid14,
  126: () => [...grid112(), ...grid14()],
  158: () => [...grid112(), ...cross(H2_LEVELS, RARE, ['none', 'ldak']), ...grid14()],
};

export const GRID_NAMES: readonly string[] = ['64', '112', '14', '126', '158'];

/** A grid of the paper, or undefined where the name is none of {@link GRID_NAMES}. */
export function namedGrid(name: string): Grid | undefined {
  return Object.hasOwn(GRIDS, name) ? { name, cells: GRIDS[name]() } : undefined;
}

/**
 * Some cells of a grid.
 * @param h2 keep these heritabilities. @param ids keep these cells; a `*` stands for any text.
 * @throws HeredityError `usage` where a filter keeps nothing.
 */
export function selectCells(
  { name, cells }: Grid,
  { h2, ids }: { readonly h2?: readonly number[] | undefined; readonly ids?: readonly string[] | undefined },
): Grid {
  const ofH2 = h2 ? cells.filter((cell) => h2.includes(cell.h2)) : cells;
  if (ofH2.length === 0) {
    throw new HeredityError('usage', `grid ${name} has no cell of that heritability`, {
      value: h2!.join(','),
      expected: `some of ${[...new Set(cells.map((cell) => cell.h2))].join(', ')}`,
    });
  }
  if (!ids) return { name, cells: ofH2 };
  const unmatched = ids.find((pattern) => !ofH2.some(({ id }) => matchesGlob(pattern, id)));
  if (unmatched !== undefined) {
    throw new HeredityError('usage', `grid ${name} has no such cell`, {
      value: unmatched,
      expected: `an ID such as ${ofH2[0].id}; * stands for any text`,
      fix: 'list the cells with --plan',
    });
  }
  return { name, cells: ofH2.filter(({ id }) => ids.some((pattern) => matchesGlob(pattern, id))) };
}

/**
 * Whether a text matches a pattern in which `*` stands for any text. Each part between two stars takes the first place
 * behind the part before it, so no place is tried twice.
 */
export function matchesGlob(pattern: string, text: string): boolean {
  const [head, ...parts] = pattern.split('*');
  if (parts.length === 0) return text === pattern;
  const tail = parts.pop()!;
  if (!text.startsWith(head)) return false;
  let at = head.length;
  for (const part of parts) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return text.length - tail.length >= at && text.endsWith(tail);
}

/** An architecture less its h², for people: `1 % causal, MAF 0.01-0.05, α = -0.25, LDAK weights`. */
export function describeArchitecture({
  causalShare,
  causalFrequency: [low, high],
  alpha,
  gamma,
  weights,
}: Omit<Cell, 'id' | 'h2'>): string {
  const polygenicity =
    causalShare === 1 ? 'all causal' : `${Number((100 * causalShare).toPrecision(6))} % causal`;
  const frequencies = low === 0 && high === 0.5 ? [] : [`MAF ${low}-${high}`];
  const power = gamma === 1 ? '' : `^${gamma}`;
  const coupling = { none: [], ldak: [`LDAK weights${power}`], 'ld-score': [`1/LD score${power}`] }[weights];
  return [polygenicity, ...frequencies, `α = ${alpha}`, ...(gamma === 0 ? [] : coupling)]
    .join(', ')
    .replaceAll('-', '−')
    .replace(/(\d)−(\d)/g, '$1–$2');
}

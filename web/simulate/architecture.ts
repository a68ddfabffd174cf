import type { FlagTexts } from '../../src/cli/values.js';
import type { Findings } from '../../src/estimate/estimate.js';
import type { ModelInput } from '../engine/models.js';

type SliderInput = Pick<ModelInput, 'label' | 'unit' | 'min' | 'max' | 'default' | 'isWhole'>;

const number = (label: string, min: number, max: number, usual: number, unit = ''): SliderInput => ({
  ...{ label, unit, min, max, default: String(usual), isWhole: false },
});
const whole = (label: string, min: number, max: number, usual: number): SliderInput => ({
  ...number(label, min, max, usual, 'count'),
  isWhole: true,
});

/** What can be chosen; sizes are those that a worker without threads takes in seconds. */
export const INPUTS = [
  { key: 'h2', input: number('heritability', 0, 0.95, 0.5, 'share of variance') },
  { key: 'causal', input: number('share of variants that are causal', 0.001, 1, 1, 'share of variants') },
  {
    key: 'alpha',
    input: number(
      'alpha: −1 gives rare variants as much as common ones, 0 in proportion to f (1 − f)',
      -1.5,
      0.5,
      -1,
    ),
  },
  {
    key: 'gamma',
    input: number('LD dependence: power of 1 / LD score that effects follow, 0 for none', 0, 2, 0),
  },
  { key: 'mafLow', input: number('smallest frequency of causal variants', 0, 0.5, 0, 'frequency') },
  { key: 'mafHigh', input: number('largest frequency of causal variants', 0, 0.5, 0.5, 'frequency') },
  { key: 'people', input: whole('people', 200, 1000, 800) },
  { key: 'variants', input: whole('variants', 100, 1000, 500) },
  { key: 'traits', input: whole('traits of this architecture', 1, 20, 4) },
  { key: 'seed', input: whole('seed of every random number', 1, 1000, 1) },
] as const satisfies readonly { key: string; input: SliderInput }[];

export type Architecture = Readonly<Record<(typeof INPUTS)[number]['key'], string>>;

export interface SimulationStep {
  readonly title: string;
  readonly command: string;
  readonly texts: FlagTexts;
}

/** Commands that simulate genotypes and traits, and estimate: those of the command line. */
export function simulationSteps(own: Architecture, methods: readonly string[]): SimulationStep[] {
  const isByLd = Number(own.gamma) !== 0;
  const { seed } = own;
  return [
    {
      title: 'Genotypes',
      command: 'simulate genotypes',
      texts: {
        ...{
          samples: own.people,
          variants: own.variants,
          chromosomes: '2',
          founders: '200',
          segment: '2',
          seed,
        },
        ...{ spectrum: 'neutral', out: 'simulated' },
      },
    },
    ...(isByLd
      ? [{ title: 'LD scores', command: 'ld scores', texts: { bfile: 'simulated', out: 'simulated' } }]
      : []),
    {
      title: 'Traits',
      command: 'simulate phenotypes',
      texts: {
        ...{
          bfile: 'simulated',
          h2: own.h2,
          replicates: own.traits,
          alpha: own.alpha,
          out: 'simulated',
          seed,
        },
        ...(Number(own.causal) < 1 && { pCausal: own.causal }),
        ...((Number(own.mafLow) > 0 || Number(own.mafHigh) < 0.5) && {
          cvMaf: `${own.mafLow},${own.mafHigh}`,
        }),
        ...(isByLd && { ldScores: 'simulated', gamma: own.gamma }),
      },
    },
    {
      title: 'Estimates',
      command: 'h2',
      texts: {
        bfile: 'simulated',
        pheno: 'simulated.pheno',
        methods: methods.join(','),
        out: 'simulated',
        seed,
      },
    },
  ];
}

/** The heritability that was simulated, by trait. */
export function truthOf({ estimates }: Findings, { h2 }: Architecture): Record<string, number> {
  return Object.fromEntries(estimates.map(({ trait }) => [trait, Number(h2)]));
}

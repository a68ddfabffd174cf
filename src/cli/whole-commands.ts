/** Why a command is not divided among machines, and what to do with many of them. */
interface Whole {
  readonly because: string;
  readonly instead: string;
}

const STEPS = 'each of its steps needs the sums of the one before over all genotypes';
const A_TRAIT_EACH = 'with many traits, have one job for some of them each (--pheno-name)';
const MINUTES = 'it takes minutes at any size of a study';

const WHY: Readonly<Record<string, readonly [because: string, instead?: string]>> = {
  reml: [STEPS, A_TRAIT_EACH],
  greml: [STEPS, A_TRAIT_EACH],
  ldms: [STEPS, A_TRAIT_EACH],
  'reml-mc': [STEPS, A_TRAIT_EACH],
  'ldms-mc': [STEPS, A_TRAIT_EACH],
  'ldak-reml': [STEPS, A_TRAIT_EACH],
  ldsc: [MINUTES],
  sumher: [MINUTES],
  rg: [MINUTES, 'the parts of "heredity gre --rg" have all pairs, too'],
  h2: [
    'its methods are divided one by one',
    'have one job a method (--methods); gre and he are divided as commands of their own',
  ],
};

/** For the refusal of --parts; empty where there is nothing to say. */
export function whyWhole(name: string): Whole {
  const [because, instead] = WHY[name] ?? [];
  return {
    because: because === undefined ? '' : `: ${because}`,
    instead: instead === undefined ? '' : `; ${instead}`,
  };
}

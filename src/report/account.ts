import type { Account, AccountStep, Interval95 } from '../gap/account.js';
import type { WaterfallRow } from './waterfall-chart.js';

/** What tables and pictures need of an account. */
export type PicturedAccount = Pick<Account, 'twin' | 'snp' | 'steps' | 'unexplained'>;

/** From the twin estimate, step by step, to the SNP estimate. */
export interface AccountRow {
  readonly label: string;
  readonly step: AccountStep | null;
  readonly kind: WaterfallRow['kind'];
  readonly amount: Interval95;
}

export function accountRows({ twin, snp, steps, unexplained }: PicturedAccount): AccountRow[] {
  return [
    { label: 'twin heritability', step: null, kind: 'total', amount: twin },
    ...steps.map((step): AccountRow => ({ label: step.label, step, kind: 'step', amount: step.counted })),
    { label: 'unexplained', step: null, kind: 'rest', amount: unexplained },
    { label: 'SNP heritability', step: null, kind: 'total', amount: snp },
  ];
}

export async function accountChart(account: PicturedAccount): Promise<string> {
  const { waterfallChart } = await import('./waterfall-chart.js');
  return waterfallChart({
    rows: accountRows(account).map(({ label, kind, amount }) => ({
      label,
      kind,
      amount: amount.value,
      low: amount.low,
      high: amount.high,
    })),
    title: 'From twin heritability to SNP heritability',
    xLabel: 'share of variance',
  });
}

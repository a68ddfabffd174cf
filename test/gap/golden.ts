import { expect } from 'vitest';
import { evaluateModel, type GapModel, type Inputs, type Values } from '../../src/gap/model.js';

/** Outputs of a model; for tests that read them by name. */
export function outputs<I extends Inputs, O extends string>(
  model: GapModel<I, O>,
  inputs: Partial<Values<I>> = {},
) {
  return evaluateModel(model, inputs).result.values;
}

/** Compares to the digits with which the expected number is written. */
export function expectDigits(value: number, written: string): void {
  const decimals = written.split('.')[1]?.replace(/e.*/, '').length ?? 0;
  const exponent = Number(written.split('e')[1] ?? 0);
  expect(Math.abs(value - Number(written)), `${value} against ${written}`).toBeLessThanOrEqual(
    0.5000001 * 10 ** (exponent - decimals),
  );
}

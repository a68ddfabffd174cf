import { HeredityError } from '../../src/errors.js';
import { GAP_CATALOGUE } from '../../src/gap/catalogue.js';
import {
  evaluateCurve,
  evaluateModel,
  type GapModel,
  inputFlagName,
  type NumberInput,
} from '../../src/gap/model.js';
import { GAP_MODELS } from '../../src/gap/models.js';
import { figure } from '../../src/report/html/figure.js';
import { html } from '../../src/report/html/markup.js';
import { modelChart } from '../../src/report/model-chart.js';

/** An input of a model as a slider asks for it. */
export interface ModelInput {
  readonly key: string;
  readonly name: string;
  readonly label: string;
  readonly unit: string;
  readonly kind: 'number' | 'choice' | 'text' | 'table';
  readonly default: string;
  readonly min: number;
  readonly max: number;
  readonly isWhole: boolean;
  readonly words: readonly string[];
}

export interface ModelSummary {
  readonly name: string;
  readonly question: string;
  readonly description: string;
  readonly source: string;
  readonly formulas: readonly string[];
  /** Whether it has a place in the account. */
  readonly claims: boolean;
  readonly inputs: readonly ModelInput[];
}

export function models(): ModelSummary[] {
  return GAP_MODELS.map((own) => ({
    name: own.name,
    question: GAP_CATALOGUE[own.name],
    description: own.description,
    source: own.source,
    formulas: own.formulas,
    claims: own.claims !== undefined,
    inputs: Object.entries(own.inputs).map(([key, input]) => ({
      key,
      name: inputFlagName(key).slice(2),
      label: input.label,
      unit: input.kind === 'number' ? input.unit : '',
      kind: input.kind,
      default: input.kind === 'table' ? '' : String(input.default),
      ...(input.kind === 'number'
        ? { ...rangeOf(own, key), isWhole: input.whole ?? false }
        : { min: 0, max: 0, isWhole: false }),
      words: input.kind === 'choice' ? input.words : [],
    })),
  }));
}

/** Where the slider of an input moves: that of the curve along the curve at the worked example, the others where they may. */
function rangeOf(own: GapModel, key: string): { min: number; max: number } {
  const { over, from, to } = own.curve;
  const { min, max } = own.inputs[key] as NumberInput;
  if (key !== over) return { min, max };
  return { min: from, max: typeof to === 'function' ? to(evaluateModel(own).values) : to };
}

export interface ModelAnswer {
  readonly outputs: readonly {
    readonly key: string;
    readonly label: string;
    readonly unit: string;
    readonly value: number;
  }[];
  readonly rows: readonly Readonly<Record<string, string | number>>[];
  readonly warnings: readonly string[];
  /** The curve, as HTML. */
  readonly curve: string;
}

/**
 * A model at some inputs, with its curve.
 * @param texts of the inputs that were set, by their names as they are typed (`r2-common`).
 * @throws HeredityError `usage` for inputs that are impossible, or impossible together.
 */
export async function model(name: string, texts: Readonly<Record<string, string>>): Promise<ModelAnswer> {
  const own = modelNamed(name);
  const given: Record<string, string | number> = {};
  for (const [key, input] of Object.entries(own.inputs)) {
    const text = texts[inputFlagName(key).slice(2)];
    if (text === undefined) continue;
    // what is no number is refused by the model's own check
    given[key] = input.kind === 'number' ? (text.trim() === '' ? Number.NaN : Number(text)) : text;
  }
  const { values, result, warnings } = evaluateModel(own, given);
  const points = evaluateCurve(own, values);
  return {
    outputs: Object.entries(own.outputs).map(([key, { label, unit }]) => ({
      key,
      label,
      unit,
      value: result.values[key],
    })),
    rows: result.rows ?? [],
    warnings,
    curve: figure(
      await modelChart(own, values, result.values, points),
      html`Dots: the values at these inputs.`,
    ).text,
  };
}

function modelNamed(name: string): GapModel {
  const own = GAP_MODELS.find((one) => one.name === name);
  if (own === undefined) throw new HeredityError('usage', 'there is no such model', { value: name });
  return own;
}

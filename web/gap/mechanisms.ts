/** A mechanism of the account: a model, with its inputs as they are typed. */
export interface Mechanism {
  readonly model: string;
  readonly inputs: readonly (readonly [name: string, text: string])[];
}

/** Reads `tagging:r2-common=0.9:0.02,h2-common=0.2`. */
export function parseMechanism(typed: string): Mechanism {
  const [model] = typed.split(':', 1);
  const words = typed
    .slice(model.length + 1)
    .split(',')
    .filter(Boolean);
  return {
    model,
    inputs: words.map((word) => {
      const [name] = word.split('=', 1);
      return [name, word.slice(name.length + 1)];
    }),
  };
}

export const typedMechanism = ({ model, inputs }: Mechanism): string =>
  inputs.length === 0 ? model : `${model}:${inputs.map(([name, text]) => `${name}=${text}`).join(',')}`;

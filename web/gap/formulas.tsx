import type { VNode } from 'preact';

/** Formulas of a model, set as HTML: `_{…}` below and `^{…}` above the line, single letters in italics. */
export function Formulas({ formulas }: { formulas: readonly string[] }) {
  return (
    <ul class="formulas" aria-label="What it computes">
      {formulas.map((formula) => (
        <li key={formula}>{set(formula)}</li>
      ))}
    </ul>
  );
}

const PIECE = /([_^])\{([^}]*)\}|(?<![\p{L}\p{M}])(\p{L}\p{M}?)(?![\p{L}\p{M}(])/gu;

function set(formula: string): (string | VNode)[] {
  const pieces: (string | VNode)[] = [];
  let at = 0;
  for (const { 0: whole, 1: place, 2: inside, 3: letter, index } of formula.matchAll(PIECE)) {
    pieces.push(formula.slice(at, index));
    if (place === '_') pieces.push(<sub>{inside}</sub>);
    else if (place === '^') pieces.push(<sup>{inside}</sup>);
    else pieces.push(<var>{letter}</var>);
    at = index + whole.length;
  }
  pieces.push(formula.slice(at));
  return pieces;
}

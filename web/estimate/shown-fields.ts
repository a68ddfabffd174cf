import type { Field, Form, FormMode } from '../engine/forms.js';

export type Texts = Readonly<Record<string, string>>;

/** Fields that mean something, given what is filled in; those that choose the way of using the command always do. */
export function shownFields({ fields, modes }: Form, texts: Texts): readonly Field[] {
  const mode = modes.find((own) => holds(fields, own, texts));
  if (mode === undefined) return fields;
  const choosing = new Set(modes.flatMap(({ when }) => when.map(({ key }) => key)));
  const stands = new Set(mode.keys);
  const replaced = new Set(
    fields.filter(({ key }) => texts[key] !== undefined).flatMap((own) => own.insteadOf),
  );
  return fields.filter(
    ({ key }) => (stands.has(key) || (choosing.has(key) && texts[key] === undefined)) && !replaced.has(key),
  );
}

function holds(fields: readonly Field[], { when }: FormMode, texts: Texts): boolean {
  return when.every(({ key, value }) => {
    if (value !== undefined)
      return (texts[key] ?? fields.find((own) => own.key === key)?.defaultText) === value;
    return [key, ...fields.filter((own) => own.insteadOf.includes(key)).map((own) => own.key)].some(
      (name) => texts[name] !== undefined,
    );
  });
}

/** Whether the way in which the command is used needs the field. */
export function isNeeded({ fields, modes }: Form, texts: Texts, field: Field): boolean {
  const mode = modes.find((own) => holds(fields, own, texts));
  return field.isRequired || (mode?.needs.includes(field.key) ?? false);
}

/** Fields without which it cannot run, and in whose place no other stands. */
export function missing(form: Form, texts: Texts): readonly Field[] {
  const isThere = ({ key }: Field) =>
    [key, ...form.fields.filter((own) => own.insteadOf.includes(key)).map((own) => own.key)].some(
      (name) => texts[name] !== undefined,
    );
  return form.fields.filter((field) => isNeeded(form, texts, field) && !isThere(field));
}

import type { Command } from './command.js';

/**
 * Patterns of what may follow the prefix in the names of a command's outputs, read from its documentation:
 * `<out>.<trait>.hsq` is `.`, any name, `.hsq`; a part in brackets may be absent; `, .png` is any name with that ending. A
 * picture is there as .svg and as .png.
 */
export function outputNames({ outputs = [] }: Pick<Command, 'outputs'>): RegExp[] {
  return outputs.flatMap(({ file }) => {
    const names = file
      .split(', ')
      .map((name) => name.replace(/^<out>|^(?=\.)/, (out) => (out ? '' : '[.<any>]')));
    const pictures = names.filter((name) => name.endsWith('.svg')).map((name) => name.replace(/svg$/, 'png'));
    return [...names, ...pictures].filter((name) => !name.includes('/')).map(pattern);
  });
}

function pattern(name: string): RegExp {
  const source = name
    .replace(/[.*+?^${}()|\\]/g, '\\$&')
    .replace(/<[^>]*>/g, '.+')
    .replaceAll('[', '(?:')
    .replaceAll(']', ')?');
  return new RegExp(`^${source}$`);
}

import {
  type CommandCompletion,
  families,
  firstWords,
  quoted,
  secondWords,
  type ValueCompletion,
} from './model.js';

/** A script for zsh, to be kept as `_heredity` in a folder of $fpath. */
export function zshScript(commands: readonly CommandCompletion[]): string {
  const secondLevel = families(commands).map((word) => {
    const entries = [...secondWords(commands, word)].map(described).join(' ');
    return `      ${word})\n        if ((CURRENT == 3)); then\n          found=(${entries})\n          _describe -t commands ${quoted(`${word} command`)} found\n          return\n        fi\n        name="$name $words[3]"\n        ;;`;
  });
  const cases = commands.map(({ name, flags, places }) => {
    const specs = [...flags.map(flagSpec), ...places.map(placeSpec)];
    return `    ${quoted(name)})\n      _arguments -S ${specs.map((spec) => `\\\n        ${quoted(spec)}`).join(' ')}\n      ;;`;
  });
  return `#compdef heredity
# Completion of heredity for zsh, made by "heredity completion zsh".

# Files with a certain end, which is left out.
_heredity_prefixes() {
  local -a found
  found=($~PREFIX*$1(N:r))
  [[ $1 == *.*.* ]] && found=(\${found:r:r})
  compadd -a found
  _path_files -/
}

_heredity() {
  local name=$words[2] curcontext=$curcontext
  local -a found
  if ((CURRENT == 2)); then
    found=(${[...firstWords(commands)].map(described).join(' ')})
    _describe -t commands 'heredity command' found
    return
  fi
  case $name in
${secondLevel.join('\n')}
  esac
  # the words of the command are no places
  local count=\${(w)#name}
  words=(heredity "\${(@)words[count+2,-1]}")
  ((CURRENT -= count))
  case $name in
${cases.join('\n')}
  esac
}

if [[ $funcstack[1] == _heredity ]]; then _heredity "$@"; else compdef _heredity heredity; fi
`;
}

const described = ([word, summary]: readonly [string, string]): string =>
  quoted(`${word}:${summary.replaceAll(':', '\\:')}`);

const escaped = (text: string): string => text.replaceAll(/[\\[\]:]/g, (character) => `\\${character}`);

function flagSpec(value: ValueCompletion): string {
  const { flag, help, takesValue, isRepeatable } = value;
  const start = isRepeatable ? '*' : '';
  const end = takesValue ? `:value:${actionOf(value)}` : '';
  return `${start}${flag}${takesValue ? '=' : ''}[${escaped(help)}]${end}`;
}

const placeSpec = (value: ValueCompletion, i: number): string =>
  `${value.isRepeatable ? '*' : String(i + 1)}:${value.flag.slice(2)}:${actionOf(value)}`;

function actionOf({ words, files, isList }: ValueCompletion): string {
  const ofFiles = files === true ? '_files' : files === false ? undefined : `{_heredity_prefixes ${files}}`;
  const list = words.map(escaped).join(' ');
  if (words.length === 0) return ofFiles ?? ' ';
  if (isList) return `_sequence compadd - ${list}`;
  return ofFiles === undefined ? `(${list})` : `{compadd ${list}; ${ofFiles.replaceAll(/[{}]/g, '')}}`;
}

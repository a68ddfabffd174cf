import { type CommandCompletion, families, firstWords, secondWords, type ValueCompletion } from './model.js';

/** A script for fish, to be kept as `heredity.fish` in its folder of completions. */
export function fishScript(commands: readonly CommandCompletion[]): string {
  const first = [...firstWords(commands)].map(
    ([word, what]) => `complete -c heredity -n __heredity_begins -a ${quoted(word)} -d ${quoted(what)}`,
  );
  const second = families(commands).flatMap((family) =>
    [...secondWords(commands, family)].map(
      ([word, what]) =>
        `complete -c heredity -n '__heredity_after ${family}' -a ${quoted(word)} -d ${quoted(what)}`,
    ),
  );
  const own = commands.flatMap(({ name, flags, places }) => {
    const start = `complete -c heredity -n '__heredity_in ${name}'`;
    return [
      ...flags.map(
        (flag) => `${start} -l ${flag.flag.slice(2)} ${valueArguments(flag)}-d ${quoted(flag.help)}`,
      ),
      ...places
        .map((place) => `${start} ${valueArguments(place)}`.trimEnd())
        .map((line) => line.replace(' -x ', ' ')),
    ];
  });
  return `# Completion of heredity for fish, made by "heredity completion fish".

function __heredity_begins
    test (count (commandline -opc)) -eq 1
end

function __heredity_after
    set -l words (commandline -opc)
    test (count $words) -eq 2; and test "$words[2]" = "$argv[1]"
end

# The words of the command have been typed.
function __heredity_in
    set -l words (commandline -opc)
    set -l last (math (count $argv) + 1)
    test (count $words) -ge $last; and test "$words[2..$last]" = "$argv"
end

# Files with a certain end, which is left out, and folders.
function __heredity_prefixes
    set -l typed (commandline -ct | string replace -r '^--[^=]*=' '')
    for name in $typed*$argv[1]
        string sub -e (math 0 - (string length $argv[1])) $name
    end
    __fish_complete_directories $typed
end

function __heredity_words
    string split ' ' -- $argv[1]
end

complete -c heredity -f
${[...first, ...second, ...own].join('\n')}
`;
}

/** What a flag takes: `-x` a word of ours, `-r -F` a file. */
function valueArguments({ takesValue, words, files, isList }: ValueCompletion): string {
  if (!takesValue) return '';
  const list = words.join(' ');
  const parts = [
    ...(words.length === 0 ? [] : [isList ? `(__fish_complete_list , "__heredity_words '${list}'")` : list]),
    ...(typeof files === 'string' ? [`(__heredity_prefixes ${files})`] : []),
  ];
  const offered = parts.length === 0 ? '' : `-a ${quoted(parts.join(' '))} `;
  return `${files === true ? '-r -F' : '-x'} ${offered}`;
}

/** A text in single quotes, as fish reads it. */
const quoted = (text: string): string => `'${text.replaceAll(/[\\']/g, (character) => `\\${character}`)}'`;

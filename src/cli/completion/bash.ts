import {
  type CommandCompletion,
  families,
  firstWords,
  quoted,
  secondWords,
  type ValueCompletion,
} from './model.js';

/** A script for bash 4 and newer, which needs nothing else. */
export function bashScript(commands: readonly CommandCompletion[]): string {
  const oneCase = (pattern: string, reply: string) => `    ${pattern}) REPLY=${quoted(reply)} ;;`;
  const parts: Record<string, string> = {
    FIRST: quoted([...firstWords(commands).keys()].join(' ')),
    FAMILIES: families(commands)
      .map((word) => oneCase(word, [...secondWords(commands, word).keys()].join(' ')))
      .join('\n'),
    FLAGS: commands
      .map(({ name, flags }) => oneCase(quoted(name), flags.map(({ flag }) => flag).join(' ')))
      .join('\n'),
    VALUES: [...placesByValue(commands)]
      .map(([value, places]) => oneCase(places.map(quoted).join('|'), value))
      .join('\n'),
  };
  return SCRIPT.replaceAll(/@([A-Z]+)@/g, (_, part: string) => parts[part]);
}

/** The flags and places (`gre --solver`, `explain 1`) that complete alike; those that take anything are left out. */
function placesByValue(commands: readonly CommandCompletion[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  const add = (value: ValueCompletion, place: string) => {
    const text = valueText(value);
    if (text !== undefined) found.set(text, [...(found.get(text) ?? []), place]);
  };
  for (const { name, flags, places } of commands) {
    for (const value of flags) add(value, `${name} ${value.flag}`);
    for (const [i, value] of places.entries())
      add(value, `${name} ${value.isRepeatable ? 'more' : String(i + 1)}`);
  }
  return found;
}

/** `none` for a flag without a value, else whether it is a list, which files, and words: `,|*|eur hm3`. */
function valueText({ takesValue, words, files, isList }: ValueCompletion): string | undefined {
  if (!takesValue) return 'none';
  if (words.length === 0 && !files) return undefined;
  return [isList ? ',' : '', files === true ? '*' : files || '', words.join(' ')].join('|');
}

const SCRIPT = `# Completion of heredity for bash, made by "heredity completion bash".

_heredity_family() {
  case $1 in
@FAMILIES@
    *) REPLY='' ;;
  esac
}

_heredity_flags() {
  case $1 in
@FLAGS@
    *) REPLY='' ;;
  esac
}

# How the value of a flag or a place completes ("gre --solver", "explain 1"): none, or list|files|words.
_heredity_value() {
  case $1 in
@VALUES@
    *) REPLY='' ;;
  esac
}

# Offers words, and files: all of them (*), or those with an end that is left out. A list is completed after its last comma.
_heredity_offer() {
  local list files words head='' part=$cur name
  IFS='|' read -r list files words <<< "$1"
  if [[ -n $list && $cur == *,* ]]; then
    head="\${cur%,*},"
    part="\${cur##*,}"
  fi
  for name in $words; do
    if [[ $name == "$part"* ]]; then COMPREPLY+=("$head$name"); fi
  done
  [[ -n $files ]] || return 0
  compopt -o filenames 2> /dev/null
  while IFS= read -r name; do
    if [[ $files == '*' || -d $name ]]; then COMPREPLY+=("$head$name")
    elif [[ $name == *"$files" ]]; then COMPREPLY+=("$head\${name%"$files"}")
    fi
  done < <(compgen -f -- "$part")
}

_heredity() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} name=\${COMP_WORDS[1]} at=2 place=1 i REPLY
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W @FIRST@ -- "$cur"))
    return
  fi
  _heredity_family "$name"
  if [[ -n $REPLY ]]; then
    if ((COMP_CWORD == 2)); then
      COMPREPLY=($(compgen -W "$REPLY" -- "$cur"))
      return
    fi
    name="$name \${COMP_WORDS[2]}"
    at=3
  fi
  # bash makes three words of a flag, = and its value
  if [[ $cur == '=' ]]; then cur=''
  elif [[ $prev == '=' ]]; then prev=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  if [[ $prev == --* ]]; then
    _heredity_value "$name $prev"
    if [[ $REPLY != none ]]; then
      _heredity_offer "$REPLY"
      return
    fi
  fi
  if [[ $cur != -* ]]; then
    for ((i = at; i < COMP_CWORD; i++)); do
      case \${COMP_WORDS[i]} in
        --*)
          _heredity_value "$name \${COMP_WORDS[i]}"
          if [[ \${COMP_WORDS[i+1]} == '=' ]]; then ((i += 2))
          elif [[ $REPLY != none ]]; then ((i += 1))
          fi
          ;;
        *) ((place += 1)) ;;
      esac
    done
    _heredity_value "$name $place"
    [[ -n $REPLY ]] || _heredity_value "$name more"
    _heredity_offer "$REPLY"
    if ((\${#COMPREPLY[@]})) || [[ -n $cur ]]; then return; fi
  fi
  _heredity_flags "$name"
  COMPREPLY=($(compgen -W "$REPLY" -- "$cur"))
}

complete -F _heredity heredity
`;

import { choice } from '../../options/flags.js';
import { defineCommand } from '../command.js';
import type { CommandEntry } from '../commands.js';
import { bashScript } from './bash.js';
import { fishScript } from './fish.js';
import { completionsOf } from './model.js';
import { zshScript } from './zsh.js';

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript };
const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** The command that prints what a shell completes. @param entries every command. */
export const completionCommand = (entries: readonly CommandEntry[]) =>
  defineCommand({
    description:
      'Prints a script by which a shell completes commands, flags, the words that a flag takes, and files, where Tab is pressed. It is made from the ' +
      'same definitions as the help: after a new version of heredity, print it again.',
    flags: {
      shell: choice('which shell; may stand without --shell', SHELLS, { required: true }),
    },
    argument: 'shell',
    examples: [
      {
        line: 'heredity completion bash',
        what: 'for bash: write it to ~/.local/share/bash-completion/completions/heredity',
      },
      { line: 'heredity completion zsh', what: 'for zsh: write it to _heredity in a folder of $fpath' },
      {
        line: 'heredity completion fish',
        what: 'for fish: write it to ~/.config/fish/completions/heredity.fish',
      },
    ],
    async run({ shell }, { log }) {
      log.result(SCRIPTS[shell](await completionsOf(entries)));
    },
  });

import { Option } from 'commander';
import { flagName, type Flag } from './flags.js';

/** The flags of a table as commander's options; each gathers all texts that are given for it. */
export function optionsOf(table: Readonly<Record<string, Flag<unknown>>>): Option[] {
  return Object.entries(table).map(([key, flag]) =>
    new Option(`${flagName(key)} ${flag.value}`, describe(flag))
      .helpGroup(flag.group)
      .argParser((text: string, before: readonly string[] | undefined) => [...(before ?? []), text]),
  );
}

function describe(flag: Flag<unknown>): string {
  const notes = [
    ...(flag.default === undefined ? [] : [`default: ${flag.default}`]),
    ...(flag.env === undefined ? [] : [`env: ${flag.env}`]),
  ];
  return notes.length === 0 ? flag.help : `${flag.help} (${notes.join(', ')})`;
}

/** Commander says `error: unknown option '--wokers'\n(Did you mean --workers?)`. */
export function inOneLine(message: string): string {
  return message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ');
}

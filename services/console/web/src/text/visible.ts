// SPDX-License-Identifier: Apache-2.0
// What events and logs say is written by others. Characters that would hide or reorder text are
// replaced by a visible name; colour codes of terminals are taken away.

// eslint-disable-next-line no-control-regex -- these are the characters looked for
const escapes = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g;
// eslint-disable-next-line no-control-regex -- these are the characters looked for
const controls = /[\u0000-\u0008\u000b-\u001f\u007f]/g;
// Bidirectional overrides and isolates, zero-width characters, line separators.
const hiding = /[\u0080-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

function named(character: string): string {
  return `⟨U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`;
}

/// `text` with every hiding or control character (but tab and newline) made visible.
export function visible(text: string): string {
  return text
    .replace(controls, (c) => String.fromCharCode(c === '\u007f' ? 0x2421 : 0x2400 + c.charCodeAt(0)))
    .replace(hiding, named);
}

/// A log line: terminal escapes dropped, a final CR dropped, the rest as `visible`.
export function logText(line: string): string {
  return visible(line.replace(escapes, '').replace(/\r$/, ''));
}

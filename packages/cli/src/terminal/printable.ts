/** What moves the cursor, changes colours, or turns the direction of text: not for what came over the network. */
const control = /(?![\n\t])[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

/** The text as it may be shown on a terminal: line breaks and tabs are kept, other control characters are spelled out. */
export function printable(text: string): string {
  return text.replace(control, spelledOut);
}

/** For a place within a line: line breaks and tabs are spelled out as well. */
export function printableLine(text: string): string {
  return printable(text).replace(/[\n\t]/g, spelledOut);
}

function spelledOut(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

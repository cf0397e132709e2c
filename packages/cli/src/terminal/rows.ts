/** Labels and what belongs to them, one below the other, as errors show them: `  fix    add ...`. Lines of a text are aligned. */
export function labelled(rows: readonly (readonly [label: string, text: string])[], indent = '  '): string[] {
  const width = Math.max(0, ...rows.map(([label]) => label.length));
  return rows.flatMap(([label, text]) => {
    const [first = '', ...others] = text.split('\n');
    const below = ' '.repeat(width + 2);
    return [`${indent}${label.padEnd(width)}  ${first}`, ...others.map((line) => `${indent}${below}${line}`)];
  });
}

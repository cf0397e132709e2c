/**
 * The visitor of a rule that looks at what a file imports, in whichever way: `import`, `export ... from`, `import()`, and
 * `import('x').Y` as a type.
 *
 * @param {(specifier: string, node: import('estree').Node) => void} look
 * @returns {import('eslint').Rule.RuleListener}
 */
export function eachImport(look) {
  /** @param {{ source?: import('estree').Node | null }} node */
  const visit = ({ source }) => {
    if (source?.type === 'Literal' && typeof source.value === 'string') look(source.value, source);
  };
  return {
    ImportDeclaration: visit,
    ExportNamedDeclaration: visit,
    ExportAllDeclaration: visit,
    ImportExpression: visit,
    TSImportType: visit,
  };
}

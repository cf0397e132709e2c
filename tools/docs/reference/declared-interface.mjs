import { readFileSync } from 'node:fs';
import ts from 'typescript';

/**
 * @typedef {object} Member
 * @property {string} name
 * @property {string} type As it is written.
 * @property {boolean} optional
 * @property {string} text What its comment says, on one line, as Markdown.
 */

/**
 * @typedef {object} DeclaredInterface
 * @property {string} name
 * @property {string} text What its comment says, as Markdown.
 * @property {readonly string[]} parents What it extends, as it is written.
 * @property {readonly Member[]} members In the order of the source.
 */

/**
 * Reads an interface out of its source, with the comments that editors show. Throws when the file declares none of that name.
 *
 * @param {string} file Absolute.
 * @param {string} name
 * @returns {DeclaredInterface}
 */
export function declaredInterface(file, name) {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const found = source.statements.find((each) => ts.isInterfaceDeclaration(each) && each.name.text === name);
  if (!found || !ts.isInterfaceDeclaration(found)) throw new Error(`${file} declares no interface ${name}`);
  return {
    name,
    text: commentOf(found),
    parents: (found.heritageClauses ?? []).flatMap(({ types }) => types.map((type) => oneLine(type.getText(source)))),
    members: found.members.filter(ts.isPropertySignature).map((member) => ({
      name: member.name.getText(source),
      type: oneLine(member.type?.getText(source) ?? 'unknown'),
      optional: member.questionToken !== undefined,
      text: commentOf(member),
    })),
  };
}

/** @param {ts.Node} node */
function commentOf(node) {
  const comment = ts.getJSDocCommentsAndTags(node).find(ts.isJSDoc)?.comment;
  return oneLine(asMarkdown(ts.getTextOfJSDocComment(comment) ?? ''));
}

/**
 * Links to other declarations are written as code; what looks like a tag of HTML would vanish.
 *
 * @param {string} text
 */
function asMarkdown(text) {
  return text
    .replace(/\{@link ([^}|\s]+)[^}]*\}/g, '`$1`')
    .replace(
      /(`[^`]*`)|<([^>]*)>/g,
      (_all, /** @type {string | undefined} */ code, /** @type {string} */ inside) => code ?? `\\<${inside}\\>`,
    );
}

/** @param {string} text */
function oneLine(text) {
  return text.replace(/\s+/g, ' ').trim();
}

import { parse, type ParserOptions } from '@babel/parser';
import type { File, Statement } from '@babel/types';
import { MagicString } from 'magic-string';
import { UsageError } from '../../usage-error.js';

const dialect: ParserOptions = {
  sourceType: 'module',
  plugins: ['typescript', 'decorators-legacy'],
  // Where a parenthesis stands decides where something can be written behind it.
  createParenthesizedExpressions: true,
};

/** Part of a text: from its first character to behind its last one. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A TypeScript file and its syntax tree. An edit gives another one; what is not edited stays as it is, to the character. */
export class SourceFile {
  readonly statements: readonly Statement[];
  /** The text with blanks in place of every comment, at the same places. */
  readonly code: string;
  readonly comments: readonly Span[];
  /** Where a `#!` line and directives end. */
  readonly prologueEnd: number;

  private constructor(
    /** For messages. */
    readonly path: string,
    readonly text: string,
    { program, comments }: File,
  ) {
    this.statements = program.body;
    this.comments = (comments ?? []).map(spanOf);
    this.code = this.comments.reduce(
      (code, { start, end }) => code.slice(0, start) + ' '.repeat(end - start) + code.slice(end),
      text,
    );
    const before = [program.interpreter, ...program.directives].map((each) => (each ? spanOf(each).end : 0));
    this.prologueEnd = Math.max(0, ...before);
  }

  /** Throws a `UsageError` with line and column for what is no TypeScript. */
  static parse(path: string, text: string): SourceFile {
    try {
      return new SourceFile(path, text, parse(text, dialect));
    } catch (error) {
      const { loc, message } = error as Error & { loc?: { line: number; column: number } };
      if (!loc) throw error;
      const said = message.replace(/\s*\(\d+:\d+\)$/, '').replace(/\.$/, '');
      throw new UsageError(
        `Cannot read ${path}:${loc.line}:${loc.column + 1}: ${said}.`,
        'mend the file, and write the same again; nothing was changed',
      );
    }
  }

  edited(change: (edit: MagicString) => void): SourceFile {
    const edit = new MagicString(this.text);
    change(edit);
    return SourceFile.parse(this.path, edit.toString());
  }

  /** `src/app.module.ts:12` */
  at({ start }: Span): string {
    return `${this.path}:${this.text.slice(0, start).split('\n').length}`;
  }

  source({ start, end }: Span): string {
    return this.text.slice(start, end);
  }
}

/** The parser has a place for every node; those that are built by hand, which there are none of here, may have none. */
export function spanOf(node: { readonly start?: number | null; readonly end?: number | null }): Span {
  return { start: node.start ?? 0, end: node.end ?? 0 };
}

import { SkerryError, type SkerryErrorOptions } from './skerry-error.js';

/** One wrong field of a message. */
export interface FieldError {
  /** From the message's root: `address.lines[2]`; empty for the message itself. */
  readonly path: string;
  /** One sentence for each rule that the value breaks. */
  readonly messages: readonly string[];
}

// In the text. A program reads the fields, which are all there.
const mostShown = 10;

/** A message does not satisfy its class. Carries every wrong field, not just the first. */
export class ValidationError extends SkerryError {
  static readonly code = 'SKERRY_VALIDATION_FAILED';

  constructor(what: string, fields: readonly FieldError[], options: Omit<SkerryErrorOptions, 'details'> = {}) {
    const shown = fields.slice(0, mostShown).map(sentence);
    if (fields.length > mostShown) shown.push(`${fields.length - mostShown} more`);
    super(ValidationError.code, `${what} is not valid: ${shown.join('; ')}`, { ...options, details: { fields } });
  }

  get fields(): readonly FieldError[] {
    const { fields } = this.details;
    // They may have come from a peer.
    return Array.isArray(fields) ? fields.filter(isFieldError) : [];
  }
}

function isFieldError(value: unknown): value is FieldError {
  const { path, messages } = (value ?? {}) as Partial<Record<keyof FieldError, unknown>>;
  return typeof path === 'string' && Array.isArray(messages) && messages.every((each) => typeof each === 'string');
}

/** A rule names its field, but not the objects around it. */
function sentence({ path, messages }: FieldError): string {
  const nested = /[.[]/.test(path);
  return nested ? `${path}: ${messages.join(', ')}` : messages.join(', ');
}

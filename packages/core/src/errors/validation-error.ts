import { SkerryError, type SkerryErrorOptions } from './skerry-error.js';

/** One wrong field of a message. */
export interface FieldError {
  /** From the message's root: `address.lines[2]`; empty for the message itself. */
  readonly path: string;
  /** One sentence for each rule that the value breaks. */
  readonly messages: readonly string[];
}

/** A message does not satisfy its class. Carries every wrong field, not just the first. */
export class ValidationError extends SkerryError {
  static readonly code = 'SKERRY_VALIDATION_FAILED';

  constructor(what: string, fields: readonly FieldError[], options: Omit<SkerryErrorOptions, 'details'> = {}) {
    const list = fields.flatMap((field) => field.messages).join('; ');
    super(ValidationError.code, `${what} is not valid: ${list}`, { ...options, details: { fields } });
  }

  get fields(): readonly FieldError[] {
    const { fields } = this.details;
    return Array.isArray(fields) ? (fields as FieldError[]) : [];
  }
}

import 'reflect-metadata';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { otherMessage, otherMessages } from './other-messages.js';
import { Signup, signupSchema } from './signup.js';

/** Whether a message is right; of one that is wrong a contender also finds out why. */
export type Judge = (message: object) => boolean;

export const skerry = 'Skerry';
export const classValidator = 'class-transformer + class-validator';
export const ajv = 'ajv, compiled';

interface MessageSchema {
  parse(value: unknown, what: string): unknown;
}

export async function contenders(): Promise<Readonly<Record<string, Judge>>> {
  return { [skerry]: await skerryJudge(), [classValidator]: classValidatorJudge, [ajv]: ajvJudge() };
}

async function skerryJudge(): Promise<Judge> {
  // The package does not export it: applications meet it through their handlers.
  const inside = new URL('./schema/message-schema.js', import.meta.resolve('@skerry/core'));
  const { messageSchema } = (await import(inside.href)) as { messageSchema: (type: unknown) => MessageSchema };
  otherMessages.forEach((type, number) => {
    const other = messageSchema(type);
    for (let i = 0; i < 2_000; i++) other.parse(otherMessage(number), 'message');
  });
  const schema = messageSchema(Signup);
  return (message) => {
    try {
      return schema.parse(message, 'message') instanceof Signup;
    } catch {
      return false;
    }
  };
}

function classValidatorJudge(message: object): boolean {
  return validateSync(plainToInstance(Signup, message)).length === 0;
}

/** Makes no instance, and has sentences of its own. */
function ajvJudge(): Judge {
  const compiler = new Ajv({ allErrors: true });
  (addFormats as unknown as (compiler: Ajv) => void)(compiler);
  const compiled = compiler.compile(signupSchema);
  return (message) => compiled(message);
}

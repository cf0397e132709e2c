import { IsArray, IsBoolean, IsEmail, IsInt, IsOptional, IsString, Length, Max, Min } from 'class-validator';

/** The message that every contender judges. */
export class Signup {
  @IsString() @Length(1, 80) name!: string;
  @IsInt() @Min(0) @Max(150) age!: number;
  @IsEmail() email!: string;
  @IsBoolean() newsletter!: boolean;
  @IsOptional() @IsArray() @IsString({ each: true }) tags?: string[];
}

/** The same for ajv, as far as JSON Schema can say it. */
export const signupSchema = {
  type: 'object',
  properties: {
    name: { type: 'string', minLength: 1, maxLength: 80 },
    age: { type: 'integer', minimum: 0, maximum: 150 },
    email: { type: 'string', format: 'email' },
    newsletter: { type: 'boolean' },
    tags: { type: 'array', items: { type: 'string' } },
  },
  required: ['name', 'age', 'email', 'newsletter'],
};

/** As they come from a codec: objects of their own, and not always the same. */
export function messages(count: number, wrong: object = {}): readonly object[] {
  return Array.from({ length: count }, (_, i) => {
    const valid = {
      name: `Ada Lovelace ${i}`,
      age: i % 100,
      email: `ada.${i}@example.org`,
      newsletter: i % 2 === 0,
      tags: ['mathematics', 'engines'],
    };
    return JSON.parse(JSON.stringify({ ...valid, ...wrong })) as object;
  });
}

import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

/**
 * Gives what says how a value breaks a schema of a document: an empty list where it does not.
 *
 * @param document OpenAPI 3.1: its schemas are JSON Schema 2020-12, and refer to each other within it.
 */
export function schemaChecker(document: object): (schema: object, value: unknown) => string[] {
  // Documents have keywords of their own, and those of OpenAPI.
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema(document, 'document');
  return (schema, value) => {
    const absolute = JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#/', '"$ref":"document#/')) as object;
    const validate = ajv.compile(absolute);
    if (validate(value)) return [];
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath || '/'} ${message ?? ''}`);
  };
}

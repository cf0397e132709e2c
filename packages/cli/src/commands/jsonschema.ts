import { documentCommand } from '../documents/document-command.js';

export const jsonschema = documentCommand({
  name: 'jsonschema',
  summary: "print the classes of an application's messages as one JSON Schema",
  examples: ['skerry jsonschema dist/app.module.js', 'skerry jsonschema --out docs/messages.json'],
  description:
    "Describes the classes of an application's messages as one JSON Schema (2020-12), each under $defs by its name.",
  versioned: false,
  formats: ['json', 'yaml'],
  make: (contract, options, { jsonSchemaBundle }) => jsonSchemaBundle(contract, options),
});

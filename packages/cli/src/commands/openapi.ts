import { documentCommand } from '../documents/document-command.js';

export const openapi = documentCommand({
  name: 'openapi',
  summary: "describe an application's handlers as OpenAPI",
  examples: ['skerry openapi dist/app.module.js', 'skerry openapi --format json --out docs/openapi.json'],
  description: 'Describes how the handlers of an application are called by HTTP with JSON, as OpenAPI 3.1.',
  versioned: true,
  formats: ['yaml', 'json'],
  make: (contract, options, { openApi }) => openApi(contract, options),
});

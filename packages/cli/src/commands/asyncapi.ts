import { documentCommand } from '../documents/document-command.js';

export const asyncapi = documentCommand({
  name: 'asyncapi',
  summary: "describe an application's events as AsyncAPI",
  examples: ['skerry asyncapi dist/app.module.js', 'skerry asyncapi --format json --out docs/asyncapi.json'],
  description: 'Describes the topics that an application subscribes and publishes to, as AsyncAPI 3.0.',
  versioned: true,
  formats: ['yaml', 'json'],
  make: (contract, options, { asyncApi }) => asyncApi(contract, options),
});

import type { Drawing, DrawnOutside, DrawnProvider } from './drawing.js';

/** A flowchart in Mermaid's language: a box for each module, an arrow from what needs to what is needed, dashed if lazy. */
export function mermaid({ modules, outside }: Drawing): string {
  const providers = modules.flatMap((module) => module.providers);
  const ids = new Map([
    ...providers.map(({ id }, index) => [id, `p${index}`] as const),
    ...outside.map(({ id }, index) => [id, `x${index}`] as const),
  ]);
  const boxes = modules.flatMap(({ name, global, providers: own }, index) => [
    `  subgraph m${index}["${escaped(name)}${global ? ' (global)' : ''}"]`,
    ...own.map((provider) => `    ${ids.get(provider.id)}${providerShape(provider)}`),
    '  end',
  ]);
  const arrows = providers.flatMap(({ id, dependencies }) =>
    dependencies.map(({ to, lazy }) => `  ${ids.get(id)} ${lazy ? '-.->' : '-->'} ${ids.get(to)}`),
  );
  const classes = [
    ...(providers.some(({ service }) => service !== undefined) ? [serviceStyle] : []),
    ...(outside.length > 0 ? [outsideStyle] : []),
  ];
  return [
    'flowchart LR',
    ...boxes,
    ...outside.map((each) => `  ${ids.get(each.id)}${outsideShape(each)}`),
    ...new Set(arrows),
    ...classes,
  ].join('\n');
}

const serviceStyle = '  classDef service fill:#d8f3f0,stroke:#0b7a75,stroke-width:2px,color:#073b39';
const outsideStyle = '  classDef outside fill:none,stroke-dasharray:3 3,font-size:12px';

function providerShape({ name, kind, scope, service }: DrawnProvider): string {
  const traits = [
    service === undefined ? kind : `service ${service}`,
    ...(scope === 'singleton' || kind === 'existing' ? [] : [scope]),
  ];
  const label = `${escaped(name)}<br/><small>${escaped(traits.join(', '))}</small>`;
  if (service !== undefined) return `["${label}"]:::service`;
  return kind === 'class' ? `["${label}"]` : `("${label}")`;
}

function outsideShape({ name }: DrawnOutside): string {
  return `(["${escaped(name)}"]):::outside`;
}

/** Inside of quotes Mermaid reads entities, with # in place of &. */
function escaped(text: string): string {
  return text.replace(/[^\w .,'()-]/gu, (char) => `#${char.codePointAt(0)};`);
}

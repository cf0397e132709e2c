import type { Drawing, DrawnOutside, DrawnProvider } from './drawing.js';

/** A flowchart in Mermaid's language: a box for each module, an arrow from what needs to what is needed, dashed if lazy. */
export function mermaid(drawing: Drawing): string {
  const { boxes, outside, arrows } = partsOf(drawing, '');
  return flowchart([boxes], outside, arrows);
}

/** The lines that an application is drawn by. */
export interface MermaidParts {
  /** Of providers and of what is outside. */
  readonly ids: ReadonlyMap<string, string>;
  readonly boxes: readonly string[];
  readonly outside: readonly string[];
  readonly arrows: readonly string[];
}

/** @param prefix Goes before every id, so that two applications have none in common. */
export function partsOf({ modules, outside }: Drawing, prefix: string): MermaidParts {
  const providers = modules.flatMap((module) => module.providers);
  const ids = new Map([
    ...providers.map(({ id }, index) => [id, `${prefix}p${index}`] as const),
    ...outside.map(({ id }, index) => [id, `${prefix}x${index}`] as const),
  ]);
  const boxes = modules.flatMap(({ name, global, providers: own }, index) => [
    `  subgraph ${prefix}m${index}["${escaped(name)}${global ? ' (global)' : ''}"]`,
    ...own.map((provider) => `    ${ids.get(provider.id)}${providerShape(provider)}`),
    '  end',
  ]);
  const arrows = providers.flatMap(({ id, dependencies }) =>
    dependencies.flatMap(({ to, lazy }) => {
      const target = ids.get(to);
      return target === undefined ? [] : [`  ${ids.get(id)} ${lazy ? '-.->' : '-->'} ${target}`];
    }),
  );
  return { ids, boxes, outside: outside.map((each) => `  ${ids.get(each.id)}${outsideShape(each)}`), arrows };
}

/** All lines, each arrow once, with the styles that are used. */
export function flowchart(
  boxes: readonly (readonly string[])[],
  outside: readonly string[],
  arrows: readonly string[],
): string {
  const lines = [...boxes.flat(), ...outside];
  const used = Object.entries(styles).filter(([name]) => lines.some((line) => line.endsWith(`:::${name}`)));
  return [
    'flowchart LR',
    ...lines,
    ...new Set(arrows),
    ...used.map(([name, style]) => `  classDef ${name} ${style}`),
  ].join('\n');
}

const styles = {
  service: 'fill:#d8f3f0,stroke:#0b7a75,stroke-width:2px,color:#073b39',
  outside: 'fill:none,stroke-dasharray:3 3,font-size:12px',
  topic: 'fill:#fdf0d5,stroke:#b5791c,color:#4d3206',
};

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
export function escaped(text: string): string {
  return text.replace(/[^\w .,'()-]/gu, (char) => `#${char.codePointAt(0)};`);
}

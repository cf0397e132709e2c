import { escaped, flowchart, partsOf } from './mermaid.js';
import type { Party, System } from './system.js';

/** A flowchart in Mermaid's language: a box for each application with its modules, and what goes between them. */
export function systemMermaid({ applications, calls, topics }: System): string {
  // Of each application its own building blocks; what is called belongs to the whole.
  const parts = applications.map((each, index) =>
    partsOf({ ...each, outside: each.outside.filter(({ kind }) => kind !== 'client') }, `a${index}`),
  );
  const nodes = new Map(
    applications.flatMap(({ name, modules }, index) =>
      modules.flatMap(({ providers }) =>
        providers.map(({ id }) => [`${name}\n${id}`, parts[index]!.ids.get(id)!] as const),
      ),
    ),
  );
  const services = new Map(
    applications.flatMap(({ name, modules }) =>
      modules.flatMap(({ providers }) =>
        providers.flatMap(({ id, service }) =>
          service === undefined ? [] : [[service, nodes.get(`${name}\n${id}`)!] as const],
        ),
      ),
    ),
  );
  const elsewhere = [...new Set(calls.flatMap(({ service }) => (services.has(service) ? [] : [service])))];
  elsewhere.forEach((service, index) => services.set(service, `e${index}`));
  const node = ({ service }: Party): string => services.get(service)!;
  return flowchart(
    applications.map(({ name }, index) => [
      `  subgraph a${index}["${escaped(name)}"]`,
      ...parts[index]!.boxes.map((line) => `  ${line}`),
      '  end',
    ]),
    [
      ...elsewhere.map((service) => `  ${services.get(service)}(["${escaped(service)}"]):::outside`),
      ...topics.map(({ topic }, index) => `  t${index}{{"${escaped(topic)}"}}:::topic`),
      ...parts.flatMap(({ outside }) => outside),
    ],
    [
      ...parts.flatMap(({ arrows }) => arrows),
      ...calls.map(
        ({ application, from, service, lazy }) =>
          `  ${nodes.get(`${application}\n${from}`)} ${lazy ? '-.->' : '==>'} ${services.get(service)}`,
      ),
      ...topics.flatMap(({ publishedBy, deliveredTo }, index) => [
        ...publishedBy.map((each) => `  ${node(each)} --> t${index}`),
        ...deliveredTo.map((each) => `  t${index} --> ${node(each)}`),
      ]),
    ],
  );
}

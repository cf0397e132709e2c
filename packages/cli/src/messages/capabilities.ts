import { stripVTControlCharacters } from 'node:util';
import type { BrokerCapabilities } from '@skerry/core';
import { exitCodes } from '../exit-codes.js';
import { askedApp, withFleet, type FleetRequest } from '../fleet/fleet.js';
import { coloursFor, type Colours } from '../terminal/colours.js';
import { compactJson } from '../terminal/json-text.js';
import { printableLine } from '../terminal/printable.js';
import { labelled } from '../terminal/rows.js';
import { table } from '../terminal/table.js';
import type { Output, Terminal } from '../terminal/terminal.js';
import { ageText } from './ages.js';

interface Engine {
  readonly name: string;
  /** By the application that was named. */
  readonly used: boolean;
  readonly capabilities: BrokerCapabilities;
}

type Capability = keyof BrokerCapabilities;

/** In the order of the table, each with what it means. */
const meanings: Readonly<Record<Capability, string>> = {
  durable: 'what a message outlives: nothing, its publisher, or the engine',
  queues: 'instances share a queue; a message goes to one of them',
  broadcast: 'each instance gets every message',
  ordered: 'messages of one key are handled one after the other',
  attempts: 'deliveries are counted, whichever process dies',
  maxDelayMs: 'how long a message or another attempt can wait',
  deadLetter: 'what nobody could handle is kept aside: skerry dlq',
  patterns: "one subscription to many topics: 'orders.#'",
  replay: 'a new queue can begin with messages of the past',
  mandatory: 'it knows when a message reached no queue',
  expiry: 'messages go when their time is over',
  maxMessageBytes: 'the largest message',
};

const capabilityNames = Object.keys(meanings) as readonly Capability[];

/** Prints which engine can do what; of the application that was named, as it is set up. */
export async function showCapabilities(request: FleetRequest, terminal: Terminal): Promise<number> {
  const { stdout, env } = terminal;
  const { engines, application } = await enginesFor(request, terminal);
  if (request.json) {
    const rows = engines.map(({ name, used, capabilities }) => ({
      name,
      ...(application === undefined ? {} : { used }),
      ...capabilities,
    }));
    await stdout.write(`${compactJson(rows)}\n`);
    return exitCodes.ok;
  }
  const colours = coloursFor(stdout, env);
  const lines = await drawn(engines, colours, stdout);
  const legend = application === undefined ? [] : ['', `* the broker of ${printableLine(application)}`];
  await stdout.write(`${[...lines, ...legend].join('\n')}\n`);
  return exitCodes.ok;
}

async function enginesFor(
  request: FleetRequest,
  terminal: Terminal,
): Promise<{ engines: readonly Engine[]; application?: string }> {
  const known = async ({ brokerEngines }: typeof import('@skerry/core')): Promise<Engine[]> =>
    Object.entries(brokerEngines).map(([name, capabilities]) => ({ name, used: false, capabilities }));
  if (!askedApp(request, terminal.env)) return { engines: await known(await import('@skerry/core')) };
  return withFleet(request, terminal, async ({ app, core }) => {
    const { engine, capabilities } = app.get(core.Broker);
    const own = { name: engine, used: true, capabilities };
    const engines = await known(core);
    const others = engines.filter(({ name }) => name !== engine);
    // One that this version does not know stands at the end.
    const listed = engines.map((each) => (each.name === engine ? own : each));
    return { engines: others.length < engines.length ? listed : [...others, own], application: app.name };
  });
}

/** What a capability means stands beside it, or below everything where the lines would not fit. */
async function drawn(engines: readonly Engine[], colours: Colours, { isTTY, columns }: Output): Promise<string[]> {
  const { bold, dim } = colours;
  const names = engines.map(({ name, used }) => `${name}${used ? '*' : ''}`);
  const rows = capabilityNames.map((capability) => [
    capability,
    ...engines.map(({ capabilities }) => cell(capability, capabilities, isTTY)),
  ]);
  const styles = [bold, ...engines.map(() => valueStyle(colours))];
  const wide = await table(
    rows.map((cells, index) => [...cells, meanings[capabilityNames[index]!]]),
    { colours, head: ['', ...names, ''], styles: [...styles, dim] },
  );
  if (!isTTY || wide.every((line) => stripVTControlCharacters(line).length <= columns)) return wide;
  const narrow = await table(rows, { colours, head: ['', ...names], styles });
  const legend = labelled(capabilityNames.map((capability) => [capability, meanings[capability]] as const));
  return [...narrow, '', ...legend.map((line) => dim(line))];
}

function valueStyle({ green, yellow, dim }: Colours): (text: string) => string {
  return (text) => {
    if (text === '–' || text === 'no' || text === 'none') return dim(text);
    return text === '✓' || text === 'yes' ? green(text) : yellow(text);
  };
}

function cell(capability: Capability, can: BrokerCapabilities, marks: boolean): string {
  const value = can[capability];
  if (typeof value === 'string') return value;
  const no = marks ? '–' : 'no';
  if (value === false || value === 0) return no;
  if (value === true) return marks ? '✓' : 'yes';
  return capability === 'maxMessageBytes' ? bytesText(value) : ageText(value);
}

/** `4 MiB` */
function bytesText(bytes: number): string {
  const mebibytes = bytes / 1024 / 1024;
  if (mebibytes >= 1) return `${Math.round(mebibytes * 10) / 10} MiB`;
  return bytes >= 1024 ? `${Math.round(bytes / 102.4) / 10} KiB` : `${bytes} B`;
}

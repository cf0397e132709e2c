/**
 * Skerry's names are any 1 to 200 characters; Consul takes them as well, but puts them into paths (`..`), cleans these up,
 * and tells ids apart without their case. So a name that is not plain is written as `skerry-name-` and its bytes in UTF-8,
 * of which all but digits, small letters and `-` become `.` and two hexadecimal digits: `a b` is `skerry-name-a.20b`.
 */

const prefix = 'skerry-name-';
const longestNameChars = 200;

/** The name of a service in Consul. Services with plain names are found under them by everybody. */
export function consulName(service: string): string {
  return /^\w[\w.-]*$/.test(service) && !service.startsWith(prefix) ? service : escaped(service);
}

/** The service of a name in Consul; a name that {@link consulName} did not make is a service's own. */
export function serviceName(name: string): string {
  if (!name.startsWith(prefix)) return name;
  const hex = name.slice(prefix.length).replace(/\.([0-9a-f]{2})|[^]/g, (each, byte?: string) => {
    return byte ?? Buffer.from(each).toString('hex');
  });
  const service = Buffer.from(hex, 'hex').toString();
  return service.length > 0 && service.length <= longestNameChars && consulName(service) === name ? service : name;
}

/** The id of a node in Consul, which tells them apart on one agent without looking at their case. */
export function consulId(id: string): string {
  return /^[0-9a-z][0-9a-z._-]*$/.test(id) && !id.startsWith(prefix) ? id : escaped(id);
}

/** The check that a node's refreshes keep passing. */
export function checkId(id: string): string {
  return `service:${consulId(id)}`;
}

function escaped(text: string): string {
  const bytes = [...Buffer.from(text)].map((byte) => {
    const char = String.fromCharCode(byte);
    return /[0-9a-z-]/.test(char) ? char : `.${byte.toString(16).padStart(2, '0')}`;
  });
  return prefix + bytes.join('');
}

/** Those that are HTTP/1.1's own, and so get an answer, if only which of them are allowed. */
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'CONNECT', 'TRACE'];
const beginnings = methods.map((method) => Buffer.from(`${method} `));

/** Whether a connection that begins like this speaks HTTP/1; `undefined` while that is open. */
export function recognisesHttp(first: Buffer): boolean | undefined {
  let undecided = false;
  for (const beginning of beginnings) {
    const length = Math.min(first.length, beginning.length);
    if (first.compare(beginning, 0, length, 0, length) !== 0) continue;
    if (length === beginning.length) return true;
    undecided = true;
  }
  return undecided ? undefined : false;
}

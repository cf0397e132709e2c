import { Pool } from 'undici';
import { message, type Connected } from '../pairs/contender.js';

/** JSON by POST over connections that are kept. @param origin `http://127.0.0.1:4101` */
export function connectHttp(origin: string, path: string): Connected {
  const pool = new Pool(origin, { connections: 64 });
  const headers = { 'content-type': 'application/json' };
  return {
    async call() {
      const { statusCode, body } = await pool.request({
        path,
        method: 'POST',
        headers,
        body: JSON.stringify(message),
      });
      if (statusCode !== 200) throw new Error(`it answered with status ${statusCode}: ${await body.text()}`);
      return body.json();
    },
  };
}

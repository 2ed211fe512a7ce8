// What the tests of this folder share: the server, events to be told of, and waiting with a deadline.
import { randomBytes } from 'node:crypto';
import net from 'node:net';

export { start } from '../http/server.mjs';
export { done, ok, same } from '../http/tap.mjs';

export const DEADLINE_MS = 10000;

export function within(promise, what, ms = DEADLINE_MS) {
  let timer;
  const late = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error(`${what}: not within ${ms} ms`)), ms); });

  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

export async function until(condition, what, ms = DEADLINE_MS) {
  const end = Date.now() + ms;

  while (!condition()) {
    if (Date.now() > end) throw new Error(`${what}: not within ${ms} ms`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

let nEvents = 0;

/** Commits one event; resolves when it is acknowledged. */
export async function commit(server, project) {
  const event = {
    event_id: `evt-${process.pid}-${++nEvents}`, project_id: project, 'session.id': 's1', 'user.id': 'u1',
    'event.type': 'page.view', 'page.path': '/', 'event.timestamp': new Date().toISOString(),
  };
  const answer = await fetch(`${server.base}/v1/events`, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ events: [event] }),
  });

  const said = await answer.text();

  if (!answer.ok || JSON.parse(said).accepted !== 1) throw new Error(`event refused: ${answer.status} ${said}`);
}

export async function post(server, query, variables) {
  const answer = await fetch(server.url, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query, variables }),
  });

  return answer.json();
}

/** How often this guard has refused. */
export async function refusals(server, guard) {
  const text = await (await fetch(`${server.base}/metrics`)).text();

  return Number(text.match(new RegExp(`^productgraph_graphql_refusals_total\\{guard="${guard}"\\} (\\d+)$`, 'm'))?.[1]);
}

export async function makeProject(server, id) {
  const result = await post(server, 'mutation($i: CreateProjectInput!) { createProject(input: $i) { __typename } }', { i: { id, name: id } });

  if (result.errors) throw new Error(JSON.stringify(result.errors));
  return id;
}

/** A socket that was upgraded and reads nothing unless told to. */
export function rawSocket(port) {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1', () => {
      socket.write(`GET /graphql HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n`
                   + `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n`
                   + 'Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n');
      socket.once('data', () => { socket.pause(); resolve(socket); });
    });

    socket.on('error', reject);
  });
}

/** A text message of a client, masked with zeros. */
export function frame(message) {
  const payload = Buffer.from(JSON.stringify(message));
  const head = payload.length < 126 ? Buffer.from([0x81, 0x80 | payload.length]) : Buffer.from([0x81, 0xfe, payload.length >> 8, payload.length & 255]);

  return Buffer.concat([head, Buffer.alloc(4), payload]);
}

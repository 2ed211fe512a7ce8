// Every setting of the ways that stay open: what it refuses, in which words, and that it is counted.
import net from 'node:net';
import WebSocket from 'ws';
import { done, frame, makeProject, ok, rawSocket, refusals, same, start, until, within } from './shared.mjs';

const server = await start(['--graphql-init-deadline=200', '--graphql-reservation=200', '--graphql-stream-operations=2', '--graphql-key-streams=4',
                            '--graphql-body-bytes=4096', '--stream-queue-bytes=20000', '--stream-queue-messages=4', '--stream-keep-alive=100',
                            '--stream-silence-deadline=1000', '--graphql-aliases=0', '--graphql-cost=0']);
const url = server.url.replace('http', 'ws');
const events = { accept: 'text/event-stream' };
const json = { 'content-type': 'application/json' };
const INIT = '{"type":"connection_init"}';

/** A socket, what came, and how it ended. */
function open(first = [INIT]) {
  const socket = new WebSocket(url, 'graphql-transport-ws');
  const self = { socket, received: [], send: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)) };

  self.closed = within(new Promise((resolve) => socket.on('close', (code, reason) => resolve({ code, reason: String(reason) }))), 'close');
  socket.on('open', () => first.forEach((message) => socket.send(message)));
  socket.on('message', (data) => self.received.push(JSON.parse(data)));
  return self;
}

async function counted(guard, n, name) {
  let found;

  for (const end = Date.now() + 10000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 10))) {
    found = await refusals(server, guard);
    if (found >= n) break;
  }
  same(found, n, name);
}

async function noStreams() {
  for (const end = Date.now() + 10000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 10)))
    if (/^productgraph_graphql_streams 0$/m.test(await (await fetch(`${server.base}/metrics`)).text())) return;
  throw new Error('streams are left');
}

/** One that reads nothing, and does not answer pings. */
function deafStream(path) {
  return new Promise((resolve) => {
    const { port } = new URL(server.base);
    const socket = net.connect(Number(port), '127.0.0.1', () => socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost:${port}\r\nAccept: text/event-stream\r\n\r\n`));

    socket.on('error', () => {});
    socket.once('data', () => { socket.pause(); resolve(socket); });
  });
}

try {
  const project = await makeProject(server, 'proj_limits');
  const SUB = { query: `subscription { projectChanged(projectId: "${project}") { sequence } }` };
  const subscribe = (id, payload = SUB) => ({ id, type: 'subscribe', payload });

  same((await open([]).closed).code, 4408, 'graphql-init-deadline');
  await counted('init', 1, 'guard init is counted');

  const long = open();

  await until(() => long.received.length > 0, 'ack');
  long.send({ type: 'ping', payload: { x: 'x'.repeat(3000) } });
  await until(() => long.received.length > 1, 'pong');
  long.send({ type: 'ping', payload: { x: 'x'.repeat(5000) } });
  same((await long.closed).code, 1009, 'graphql-body-bytes holds for messages');
  await counted('body', 1, 'guard body is counted');

  const many = open();

  await until(() => many.received.length > 0, 'ack');
  ['a', 'b', 'c'].forEach((id) => many.send(subscribe(id)));
  await until(() => many.received.some(({ type }) => type === 'error'), 'error');
  const refused = many.received.find(({ type }) => type === 'error');

  same([refused.id, refused.payload[0].extensions.code], ['c', 'TOO_MANY_REQUESTS'], 'graphql-stream-operations');
  await counted('stream-operations', 1, 'guard stream-operations is counted');
  many.send({ id: 'a', type: 'complete' });
  many.send(subscribe('d'));
  await until(() => many.received.some(({ id, type }) => id === 'd' && type === 'next'), 'next');
  ok(true, 'one that is complete makes room');

  const others = [open(), open(), open()];

  await until(() => others.every(({ received }) => received.length > 0), 'ack');
  const fifth = await open().closed;

  same([fifth.code, /too many connections/.test(fifth.reason)], [1013, true], 'graphql-key-streams: a WebSocket is told to come later');
  const stream = await fetch(server.url, { method: 'POST', headers: { ...json, ...events }, body: JSON.stringify(SUB) });

  same([stream.status, stream.headers.get('retry-after'), (await stream.json()).errors[0].extensions.code], [429, '1', 'TOO_MANY_REQUESTS'], 'an event stream is 429');
  same((await fetch(`${server.url}/stream`, { method: 'PUT' })).status, 429, 'a reservation too');
  same((await fetch(server.url, { method: 'POST', headers: json, body: '{"query":"{version}"}' })).status, 200, 'a request needs no such place');
  await counted('key-streams', 3, 'guard key-streams is counted');
  [many, ...others].forEach(({ socket }) => socket.close());
  await noStreams();

  const token = await (await fetch(`${server.url}/stream`, { method: 'PUT' })).text();

  await counted('reservation', 1, 'guard reservation is counted');
  same((await fetch(`${server.url}/stream?token=${token}`, { headers: events })).status, 404, 'graphql-reservation');

  /* Pings and pongs are kept by the program, not by the one who writes in it. */
  const live = open();

  await new Promise((resolve) => setTimeout(resolve, 2500));
  same(live.socket.readyState, WebSocket.OPEN, 'stream-keep-alive keeps a connection whose client answers');
  live.socket.close();
  const silent = await rawSocket(Number(new URL(server.base).port));
  const ended = within(new Promise((resolve) => { silent.on('close', resolve); silent.on('end', () => silent.end()); }), 'end of the silent one');

  silent.write(frame({ type: 'connection_init' }));
  silent.resume();
  await ended;
  ok(true, 'stream-silence-deadline ends one whose client does not');

  const query = `{ ${Array.from({ length: 10 }, (_, i) => `a${i}: __schema { types { name description fields { name description args { name description } } } }`).join(' ')} }`;
  const deaf = await rawSocket(Number(new URL(server.base).port));

  deaf.on('error', () => {});
  deaf.write(frame({ type: 'connection_init' }));
  for (let i = 0; i < 2000 && await refusals(server, 'queue') < 1; i++) {
    deaf.write(frame({ id: `${i}`, type: 'subscribe', payload: { query } }));
    deaf.write(Buffer.from([0x8a, 0x80, 0, 0, 0, 0])); // a pong
  }
  same(await refusals(server, 'queue'), 1, 'stream-queue-bytes: a WebSocket that is not read is closed, and counted');
  deaf.destroy();
  await noStreams();

  const second = await (await fetch(`${server.url}/stream`, { method: 'PUT' })).text();
  const quiet = await deafStream(`/graphql/stream?token=${second}`);

  for (let i = 0; i < 2000 && await refusals(server, 'queue') < 2; i++)
    await fetch(`${server.url}/stream?token=${second}`, { method: 'POST', headers: json, body: JSON.stringify({ query, extensions: { operationId: `${i}` } }) });
  same(await refusals(server, 'queue'), 2, 'an event stream too');
  quiet.destroy();
  await noStreams();
  ok(true, 'nothing is left open');
} finally {
  await server.stop();
}
done();
process.exit();

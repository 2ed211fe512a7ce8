// graphql-transport-ws: the client of npm graphql-ws, and every close code by hand.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { commit, done, makeProject, ok, same, start, until, within } from './shared.mjs';

const server = await start();
const url = server.url.replace('http', 'ws');
const PROTOCOL = 'graphql-transport-ws';

/** Sends messages, one after the other or each after an answer; resolves to the close code and all that came. */
function probe(messages, { protocol = PROTOCOL, options = {}, target = url } = {}) {
  return within(new Promise((resolve) => {
    const socket = new WebSocket(target, protocol, options);
    const received = [];

    socket.on('open', () => messages.forEach((message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message))));
    socket.on('message', (data) => received.push(JSON.parse(data)));
    socket.on('close', (code, reason) => resolve({ code, reason: String(reason), received }));
    socket.on('error', (error) => received.push({ error: error.message }));
  }), 'close');
}

/** Opens a socket that is acknowledged. */
async function open(payload, options) {
  const socket = new WebSocket(url, PROTOCOL, options);
  const received = [];

  socket.on('message', (data) => received.push(JSON.parse(data)));
  await within(new Promise((resolve, reject) => { socket.on('open', resolve); socket.on('error', reject); }), 'open');
  socket.send(JSON.stringify({ type: 'connection_init', payload }));
  await until(() => received.length > 0, 'ack');
  same(received.shift(), { type: 'connection_ack' }, 'connection_init is acknowledged');
  return { socket, received, send: (message) => socket.send(JSON.stringify(message)) };
}

try {
  const project = await makeProject(server, 'proj_ws');
  const INIT = { type: 'connection_init' };
  const SUB = { id: 'a', type: 'subscribe', payload: { query: `subscription { projectChanged(projectId: "${project}") { sequence } }` } };

  const probes = [
    ['4400 on no JSON', ['{'], {}, 4400],
    ['4400 on JSON of another kind', ['[]'], {}, 4400],
    ['4400 on nesting without end', ['['.repeat(100000)], {}, 4400],
    ['4400 on an unknown type', [{ type: 'hello' }], {}, 4400],
    ['4400 on subscribe without an id', [INIT, { type: 'subscribe', payload: { query: '{ version }' } }], {}, 4400],
    ['4400 on subscribe without a query', [INIT, { id: '1', type: 'subscribe', payload: {} }], {}, 4400],
    ['4400 on variables that are no object', [INIT, { id: '1', type: 'subscribe', payload: { query: '{ version }', variables: 1 } }], {}, 4400],
    ['4401 on subscribe before the acknowledgement', [SUB], {}, 4401],
    ['4403 on a bad token', [{ ...INIT, payload: { authorization: 'Bearer nobody' } }], {}, 4403],
    ['4403 on a token of another scheme', [{ ...INIT, payload: { authorization: 'Basic eA==' } }], {}, 4403],
    ['4403 for a foreign page without a token', [INIT], { options: { origin: 'https://evil.example' } }, 4403],
    ['4403 for a rebound name without a token', [INIT], { options: { headers: { Host: 'evil.example' } } }, 4403],
    ['4408 without connection_init', [], {}, 4408],
    ['4409 on an id that is in use', [INIT, SUB, SUB], {}, 4409],
    ['4429 on a second connection_init', [INIT, INIT], {}, 4429],
  ];
  const results = await Promise.all(probes.map(([, messages, how]) => probe(messages, how)));

  probes.forEach(([name, , , code], i) => same(results[i].code, code, name));
  const bare = await within(new Promise((resolve) => {
    const socket = new WebSocket(url);

    socket.on('close', resolve);
  }), 'close');

  same(bare, 4406, '4406 without a subprotocol');
  ok((await probe([], { protocol: 'graphql-ws' })).received.length > 0, 'a client of the old subprotocol is not spoken to');
  same((await probe([INIT], { options: { maxPayload: 0 }, target: `${url}/nothing` })).code, 1006, 'no WebSocket elsewhere');

  {
    const { socket, received, send } = await open();

    send({ type: 'ping', payload: { a: [1, 'x'] } });
    await until(() => received.length > 0, 'pong');
    same(received.shift(), { type: 'pong', payload: { a: [1, 'x'] } }, 'ping is answered with its payload');
    send({ type: 'pong' });
    send({ type: 'complete', id: 'nobody' });
    send({ id: 'q"1', type: 'subscribe', payload: { query: 'query A { version } query B { organisation { name } }', operationName: 'A' } });
    await until(() => received.length > 1, 'query');
    same([received[0].id, received[0].type, typeof received[0].payload.data.version], ['q"1', 'next', 'string'], 'a query gives one next');
    same(received[1], { id: 'q"1', type: 'complete' }, 'and complete');
    received.length = 0;
    for (const [query, what] of [['{', 'a syntax error'], ['{ nothing }', 'an invalid document'], ['query($a: Int!) { version }', 'a missing variable'],
      ['subscription { projectChanged(projectId: "proj_none") { sequence } }', 'an unknown project']]) {
      send({ id: 'e', type: 'subscribe', payload: { query } });
      await until(() => received.length > 0, what);
      const message = received.shift();

      ok(message.type === 'error' && message.id === 'e' && Array.isArray(message.payload) && message.payload[0].message, `${what} gives error`, message);
    }
    send(SUB);
    await until(() => received.length > 0, 'first');
    send({ id: 'a', type: 'complete' });
    send({ type: 'ping' });
    await until(() => received.some((message) => message.type === 'pong'), 'pong');
    received.length = 0;
    await commit(server, project);
    send({ type: 'ping' });
    await new Promise((resolve) => setTimeout(resolve, 500));
    same(received.map((message) => message.type), ['pong'], 'complete of the client ends the messages, unknown ids are ignored');
    send(SUB);
    await until(() => received.some((message) => message.type === 'next'), 'again');
    ok(true, 'the id is free again');
    for (let i = 0; i < 100; i++) send({ ...SUB, id: `n${i}` });
    await until(() => received.some((message) => message.type === 'error'), 'limit');
    same(received.find((message) => message.type === 'error').payload[0].extensions.code, 'TOO_MANY_REQUESTS', 'operations of a connection are limited');
    socket.close(1000);
    await within(new Promise((resolve) => { socket.on('close', (code) => { same(code, 1000, 'a normal end is answered as such'); resolve(); }); }), 'close');
  }

  /* npm graphql-ws */
  {
    const client = createClient({ url, webSocketImpl: WebSocket, retryAttempts: 0 });
    const run = (payload) => new Promise((resolve, reject) => {
      const found = [];

      client.subscribe(payload, { next: (value) => found.push(value), error: reject, complete: () => resolve(found) });
    });

    same((await within(run({ query: '{ __typename }' }), 'query')).map((result) => result.data), [{ __typename: 'Query' }], 'graphql-ws: query');
    const made = (await within(run({ query: 'mutation($i: CreateProjectInput!) { createProject(input: $i) { project { id } } }',
                                     variables: { i: { id: 'proj_made', name: 'Made' } } }), 'mutation'))[0];

    same(made.data?.createProject.project.id, 'proj_made', 'graphql-ws: mutation');
    const refused = await within(run({ query: '{ nothing }' }).catch((error) => error), 'refused');

    ok(Array.isArray(refused) && /nothing/.test(refused[0].message), 'graphql-ws: errors reach the sink', String(refused));
    const events = client.iterate({ query: `subscription { projectChanged(projectId: "${project}") { projectId sequence } }` });
    const first = await within(events.next(), 'first');

    same(first.value.data.projectChanged.projectId, project, 'graphql-ws: a subscription begins at once');
    const next = events.next();
    const began = Date.now();

    await commit(server, project);
    await within(next, 'change');
    ok(Date.now() - began < 1000, 'graphql-ws: a commit is told within a second', Date.now() - began);
    await events.return();

    const demo = run({ query: 'subscription { demoProgress { done total running } }' });

    await within(run({ query: 'mutation { loadDemo { total } }' }), 'loadDemo');
    const told = await within(demo, 'the end of the demo', 120000);

    ok(told.length > 1 && told.at(-1).data.demoProgress.running === false && told.at(-1).data.demoProgress.done > 0,
       'graphql-ws: demoProgress goes on to the end, and completes', told.at(-1));
    await client.dispose();
  }

  /* The database dies just as it is asked whose token this is. */
  let internal;

  for (let i = 0; i < 20 && internal?.code !== 4500; i++) {
    const [major] = readdirSync(join(server.folder, 'data', 'pg')).filter((name) => /^\d+$/.test(name));
    const pidFile = join(server.folder, 'data', 'pg', major, 'postmaster.pid');
    const pid = existsSync(pidFile) ? Number(readFileSync(pidFile, 'utf8').split('\n')[0]) : 0;

    try {
      if (pid > 0) process.kill(pid, 'SIGKILL');
    } catch { /* it is not back yet */ }
    internal = await probe([{ ...INIT, payload: { authorization: `Bearer unknown-${i}` } }]);
  }
  ok(internal.code === 4500 && /database|again/.test(internal.reason), '4500 when the database cannot be asked', internal);
  for (let i = 0; i < 300 && (await fetch(`${server.base}/ready`)).status !== 200; i++) await new Promise((resolve) => setTimeout(resolve, 100));

  const last = await open();
  const gone = within(new Promise((resolve) => { last.socket.on('close', (code) => resolve(code)); }), 'close', 20000);

  last.send(SUB);
  await until(() => last.received.length > 0, 'first');
  await server.stop();
  same(await gone, 1001, '1001 when the server stops');
} finally {
  await server.stop();
}
done();
process.exit();

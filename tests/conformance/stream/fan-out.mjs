// Many subscribers of one project, some of which never read.
import { readFileSync } from 'node:fs';
import WebSocket from 'ws';
import { commit, done, frame, makeProject, ok, rawSocket, same, start, until, within } from './shared.mjs';

const N_SUBSCRIBERS = 200;
const N_DEAF = 20;
const MAX_GROWTH_KB = 65536;
const server = await start(['--server-threads=2', '--graphql-key-streams=0']); // all of them have one key
const port = Number(new URL(server.base).port);

/* The server is this program's only child. */
const pid = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8').trim().split(' ')[0];
const memory = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);

function subscriber(project) {
  const self = { counts: [], received: 0, socket: new WebSocket(server.url.replace('http', 'ws'), 'graphql-transport-ws') };

  self.socket.on('open', () => self.socket.send('{"type":"connection_init"}'));
  self.socket.on('message', (data) => {
    const message = JSON.parse(data);

    if (message.type === 'connection_ack')
      self.socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: `subscription { projectChanged(projectId: "${project}") { sequence at } }` } }));
    else if (message.type === 'next')
      self.received++;
    else
      throw new Error(String(data));
  });
  return self;
}

try {
  const project = await makeProject(server, 'proj_many');
  const all = Array.from({ length: N_SUBSCRIBERS }, () => subscriber(project));

  await until(() => all.every(({ received }) => received === 1), 'the first message of each', 30000);
  ok(true, `${N_SUBSCRIBERS} subscribers got their first message`);
  for (let round = 0; round < 3; round++) {
    const before = all.map(({ received }) => received);
    const began = Date.now();

    await commit(server, project);
    await until(() => all.every(({ received }, i) => received > before[i]), 'a message for each');
    const took = Date.now() - began;

    ok(took < 1000, `a commit reaches all of them within a second (${took} ms)`);
    await new Promise((resolve) => setTimeout(resolve, 400));
    same([...new Set(all.map(({ received }, i) => received - before[i]))], [1], 'each of them once');
  }

  /* Deaf ones ask for the schema again and again, and read nothing of it. */
  const query = `{ ${Array.from({ length: 10 }, (_, i) => `a${i}: __schema { types { name description fields { name description type { name } args { name description } } } }`).join(' ')} }`;
  const deaf = await Promise.all(Array.from({ length: N_DEAF }, () => rawSocket(port)));
  const before = memory();

  for (const socket of deaf) {
    socket.on('error', () => {});
    socket.write(frame({ type: 'connection_init' }));
  }
  await new Promise((resolve) => setTimeout(resolve, 200));
  for (let round = 0; round < 100; round++) {
    for (const socket of deaf) socket.write(frame({ id: `${round}`, type: 'subscribe', payload: { query } }));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const answer = await (await fetch(server.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query }) })).text();
  const asked = Math.round((answer.length * N_DEAF * 100) / 1024);

  await new Promise((resolve) => setTimeout(resolve, 1000));
  const growth = memory() - before;

  ok(asked > 2 * MAX_GROWTH_KB, `deaf clients asked for ${asked} kB`);
  ok(growth < MAX_GROWTH_KB || process.env.PDG_TEST_SANITIZED === '1', `memory grew by ${growth} kB`);
  const counts = all.map(({ received }) => received);

  await commit(server, project);
  await until(() => all.every(({ received }, i) => received > counts[i]), 'a message for each');
  ok(true, 'the others are still served');
  for (const socket of deaf) socket.destroy();
  for (const { socket } of all) socket.close();
  await within(Promise.all(all.map(({ socket }) => new Promise((resolve) => { socket.on('close', resolve); }))), 'close');
} finally {
  await server.stop();
}
done();
process.exit();

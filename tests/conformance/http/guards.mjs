// What /graphql refuses, with which status and words, and that /metrics counts it.
import { createHash } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { start } from './server.mjs';
import { done, ok, same } from './tap.mjs';

const JSON_TYPE = 'application/json';
const GRAPHQL_TYPE = 'application/graphql-response+json';
const PATIENCE_MS = 20000;
const repeat = (n, make) => Array.from({ length: n }, (_, i) => make(i)).join(' ');
const sha256 = (text) => createHash('sha256').update(text).digest('hex');

async function post(server, body, headers = {}) {
  const response = await fetch(server.url, {
    method: 'POST', headers: { 'content-type': JSON_TYPE, accept: GRAPHQL_TYPE, ...headers }, body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await response.text();

  return { status: response.status, type: response.headers.get('content-type'), headers: response.headers, body: text === '' ? null : JSON.parse(text) };
}

const code = (answer) => answer.body?.errors?.[0]?.extensions?.code;

async function refusals(server, guard) {
  const text = await (await fetch(`${server.base}/metrics`)).text();

  return Number(text.match(new RegExp(`^productgraph_graphql_refusals_total\\{guard="${guard}"\\} (\\d+)$`, 'm'))?.[1]);
}

async function refused(server, guard, body, status, expected) {
  const before = await refusals(server, guard);
  const answer = await post(server, body);

  same([answer.status, code(answer), 'data' in (answer.body ?? {})], [status, expected, false], `guard ${guard} refuses`);
  same(await refusals(server, guard), before + 1, `guard ${guard} is counted`);
}

async function protocol(server) {
  const get = (query, headers = {}) => fetch(`${server.url}?${query}`, { headers });
  const mutation = await get('query=mutation{loadDemo{done}}', { accept: GRAPHQL_TYPE });

  same([mutation.status, mutation.headers.get('allow')], [405, 'POST'], 'a mutation by GET is 405 and says Allow');
  same((await get('query={__typename}&variables=&operationName=')).status, 200, 'empty parameters of a URL are absent ones');
  same((await get('query={__typename}&variables=[1]')).status, 400, 'variables of a URL must be an object');
  same((await get('operationName=a')).status, 400, 'a URL needs a query');
  same((await get('query={__typename}', { accept: 'image/png' })).status, 406, 'nothing acceptable is 406');
  same((await get('query={__typename}', { accept: 'image/png, */*;q=0.1' })).headers.get('content-type'), 'application/json; charset=utf-8',
       'a wildcard is application/json');
  same((await post(server, { query: '{__typename}' }, { accept: `${JSON_TYPE};q=0.5, ${GRAPHQL_TYPE};q=0.9` })).type,
       'application/graphql-response+json; charset=utf-8', 'the higher q wins');
  same((await post(server, { query: '{__typename}' }, { accept: `${GRAPHQL_TYPE}, ${JSON_TYPE}` })).type,
       'application/graphql-response+json; charset=utf-8', 'of equals the first wins');
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/json; charset=utf-16'])
    same((await post(server, { query: '{__typename}' }, { 'content-type': type })).status, 415, `${type} is 415`);
  same((await post(server, { query: '{__typename}', extensions: null, variables: null, operationName: null, more: [1] })).status, 200,
       'null is absent, and unknown members are ignored');
  same((await post(server, `{"query":"{__typename}","variables":{"a":${'['.repeat(5000)}${']'.repeat(5000)}}}`)).status, 400, 'deep JSON is refused');
  same((await post(server, { query: 'query ($a: Int!) { __typename }', variables: {} })).status, 400, 'what is invalid is 400');
}

async function persisted(server) {
  const query = 'query Persisted { version }';
  const extensions = { persistedQuery: { version: 1, sha256Hash: sha256(query) } };
  const unknown = await post(server, { extensions });

  same([unknown.status, unknown.body.errors[0].message, code(unknown)], [200, 'PersistedQueryNotFound', 'PERSISTED_QUERY_NOT_FOUND'], 'a hash is not known at first');
  ok((await post(server, { query, extensions })).body.data?.version !== undefined, 'its text makes it known');
  ok((await post(server, { extensions })).body.data?.version !== undefined, 'then the hash is enough');
  ok((await (await fetch(`${server.url}?extensions=${encodeURIComponent(JSON.stringify(extensions))}`)).json()).data?.version !== undefined, 'by GET too');
  ok((await post(server, { documentId: `sha256:${sha256(query)}` })).body.data?.version !== undefined, 'and as documentId');
  same((await post(server, { query: '{ version }', extensions })).status, 400, 'a hash of another text is refused');
  same((await post(server, { extensions: { persistedQuery: { version: 1, sha256Hash: 'x' } } })).status, 400, 'a hash has 64 digits');
}

async function cost(server) {
  const answer = await post(server, { query: '{ projects(first: 10) { nodes { id name } } }' });

  /* 2 + 1.5 * 10 * (2 + 1.5 * (1 + 1)) */
  same(answer.body.extensions?.cost, { requested: 77, limit: 5000 }, 'the cost is answered');
}

const nestedIn = (n) => `${'... { '.repeat(n)}__typename${' }'.repeat(n)}`;
const normal = await start();

try {
  await protocol(normal);
  await persisted(normal);
  await cost(normal);
  const big = '{ projects(first: 100) { nodes { journeyGraph(range: {}) { screens { id path name } } sessions(range: {}, first: 100) { nodes { id } } } } }';

  for (const [guard, query, expected] of [
    ['tokens', `{ ${repeat(5000, () => '__typename')} }`, 'QUERY_TOO_COMPLEX'],
    ['nesting', `{ ${nestedIn(150)} }`, 'QUERY_TOO_COMPLEX'],
    ['depth', `{ ${'a { '.repeat(12)}b${' }'.repeat(12)} }`, 'QUERY_TOO_COMPLEX'],
    ['aliases', `{ organisation { ${repeat(31, (i) => `a${i}: id`)} } }`, 'QUERY_TOO_COMPLEX'],
    ['directives', `{ organisation { ${repeat(51, () => 'id @include(if: true)')} } }`, 'QUERY_TOO_COMPLEX'],
    ['root-fields', `{ ${repeat(21, (i) => `a${i}: version`)} }`, 'QUERY_TOO_COMPLEX'],
    ['introspection', '{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }', 'QUERY_TOO_COMPLEX'],
    ['errors', `{ organisation { ${repeat(120, (i) => `nope${i}`)} } }`, 'GRAPHQL_VALIDATION_FAILED'],
    ['page-size', '{ projects(first: 101) { nodes { id } } }', 'BAD_USER_INPUT'],
    ['cost', big, 'QUERY_TOO_COMPLEX'],
  ])
    await refused(normal, guard, { query }, 400, expected);
  const batch = await refusals(normal, 'batch');

  same((await post(normal, [{ query: '{ version }' }])).status, 400, 'batches are refused');
  same(await refusals(normal, 'batch'), batch + 1, 'guard batch is counted');
  const body = await refusals(normal, 'body');
  const large = await post(normal, { query: `{ version } # ${'x'.repeat(1100000)}` });

  same(large.status, 413, 'a body over the limit is 413');
  same(await refusals(normal, 'body'), body + 1, 'guard body is counted');
} finally {
  await normal.stop();
}

/* Each guard just inside and just outside of its own setting. */
const tight = await start(['--graphql-tokens=120', '--graphql-nesting=8', '--graphql-depth=3', '--graphql-fields=40', '--graphql-aliases=2', '--graphql-directives=2',
                           '--graphql-root-fields=3', '--graphql-introspection-lists=1', '--graphql-introspection-depth=4', '--graphql-overlap=1000',
                           '--graphql-errors=2', '--graphql-page-size=5', '--graphql-cost=60', '--graphql-body-bytes=2048']);

try {
  const within = (set) => `{ organisation { ${set} } }`;
  const names = (n) => repeat(n, () => '__typename');

  for (const [guard, inside, outside, expected = 'QUERY_TOO_COMPLEX'] of [
    ['tokens', `{ __typename ${repeat(116, () => ',')} } # nothing`, `{ ${repeat(60, () => '... { __typename }')} }`],
    ['nesting', `{ ${nestedIn(7)} }`, `{ ${nestedIn(8)} }`],
    ['depth', '{ projects(first: 1) { nodes { id } } }', '{ projects(first: 1) { nodes { sessions(range: {}, first: 1) { nodes { id } } } } }'],
    ['fields', `${within('...F ...F')} fragment F on Organisation { ${names(14)} }`, `${within('...F ...F ...F')} fragment F on Organisation { ${names(14)} }`],
    ['aliases', '{ a: version b: version }', '{ a: version b: version c: __typename }'],
    ['directives', '{ version @skip(if: false) @include(if: true) }', '{ version @skip(if: false) @include(if: true) ...F @include(if: true) } fragment F on Query { __typename }'],
    ['root-fields', '{ a: version b: version __typename }', '{ a: version b: version __typename ...F } fragment F on Query { __typename }'],
    ['introspection', '{ __schema { types { fields { name } } } }', '{ __schema { types { fields { type { fields { name } } } } } }'],
    ['introspection', '{ __schema { types { fields { name } } } }', '{ __schema { types { fields { type { ofType { name } } } } } }'],
    ['overlap', within(names(20)), within(names(38))],
    ['errors', '{ version }', '{ no1 no2 no3 }', 'GRAPHQL_VALIDATION_FAILED'],
    ['page-size', '{ projects(first: 5) { pageInfo { hasNextPage } } }', '{ projects(first: 6) { pageInfo { hasNextPage } } }', 'BAD_USER_INPUT'],
    ['cost', '{ projects(first: 5) { nodes { id name } } }', '{ projects(first: 5) { nodes { id name a: id b: id } } }'],
  ]) {
    const allowed = await post(tight, { query: inside });

    ok(allowed.status === 200 && !allowed.body.errors, `guard ${guard} lets through what is inside its setting`, allowed.body?.errors);
    await refused(tight, guard, { query: outside }, 400, expected);
  }
  const exact = '{"query":"{version}"}';

  same([(await post(tight, exact.padEnd(2048))).status, (await post(tight, exact.padEnd(2049))).status], [200, 413], 'guard body has its setting');
} finally {
  await tight.stop();
}

/* The total, whoever asks. */
const crowded = await start(['--graphql-key-requests=0', '--graphql-requests=1', '--graphql-aliases=0', '--graphql-root-fields=0', '--graphql-cost=0']);

try {
  const slow = { query: `{ ${repeat(200, (i) => `a${i}: projects(first: 100) { nodes { id } }`)} }` };
  const until = Date.now() + PATIENCE_MS;
  let answer;

  do
    answer = (await Promise.all(Array.from({ length: 8 }, () => post(crowded, slow)))).find(({ status }) => status === 429);
  while (!answer && Date.now() < until);
  same([answer?.status, answer && code(answer), answer?.headers.get('retry-after')], [429, 'TOO_MANY_REQUESTS', '1'], 'too many in all are 429 with Retry-After');
  ok(await refusals(crowded, 'requests') > 0 && await refusals(crowded, 'key-requests') === 0, 'guard requests is counted');
} finally {
  await crowded.stop();
}

const busy = await start(['--graphql-key-requests=1', '--graphql-deadline=10', '--graphql-aliases=0', '--graphql-root-fields=0', '--graphql-cost=0',
                          '--graphql-http-status=draft']);

try {
  const slow = { query: `{ ${repeat(400, (i) => `a${i}: projects(first: 100) { nodes { id } }`)} }` };
  const until = Date.now() + PATIENCE_MS;
  let late;
  let crowded;

  do {
    const answers = await Promise.all(Array.from({ length: 8 }, () => post(busy, slow)));

    late ??= answers.find((answer) => answer.status === 504);
    crowded ??= answers.find((answer) => answer.status === 429);
  } while ((!late || !crowded) && Date.now() < until);
  same([late?.status, late && code(late)], [504, 'TIMEOUT'], 'a request that takes too long is 504');
  same([crowded?.status, crowded && code(crowded), crowded?.headers.get('retry-after')], [429, 'TOO_MANY_REQUESTS', '1'], 'too many at once are 429 with Retry-After');
  ok(await refusals(busy, 'time') > 0 && await refusals(busy, 'key-requests') > 0, 'guards time and key-requests are counted');
  const patiently = async (body, headers) => { /* this server has little time for each */
    for (;;) {
      const { status } = await post(busy, body, headers);

      if (status !== 504 || Date.now() > until) return status;
    }
  };

  same([await patiently({ query: '{ nope }' }, { accept: JSON_TYPE }), await patiently({ query: '{' })], [422, 400],
       'the draft has other statuses');
} finally {
  await busy.stop();
}

const folder = mkdtempSync(join(tmpdir(), 'pdg-persisted-'));
const listed = 'query Listed { version }\n';

writeFileSync(join(folder, 'listed.graphql'), listed);
const strict = await start([`--graphql-persisted=${folder}`, '--graphql-only-persisted=1', '--graphql-documents=0'], folder);

try {
  await refused(strict, 'persisted', { query: '{ version }' }, 403, 'DOCUMENT_NOT_ALLOWED');
  ok((await post(strict, { query: listed })).body.data?.version !== undefined, 'a listed document runs');
  ok((await post(strict, { documentId: sha256(listed) })).body.data?.version !== undefined, 'by its hash alone too');
} finally {
  await strict.stop();
}
done();

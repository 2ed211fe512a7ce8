// GraphQL over SSE: the client of npm graphql-sse in both modes, and what it does not try by hand.
import { createClient } from 'graphql-sse';
import { commit, done, makeProject, ok, same, start, within } from './shared.mjs';

const server = await start();

function subscribeAll(client, payload) {
  return new Promise((resolve, reject) => {
    const found = [];

    client.subscribe(payload, { next: (value) => found.push(value), error: reject, complete: () => resolve(found) });
  });
}

async function tryClient(mode, options, project) {
  const client = createClient({ retryAttempts: 0, ...options });
  const query = await within(subscribeAll(client, { query: '{ __typename }' }), 'query');

  same(query.map((result) => result.data), [{ __typename: 'Query' }], `${mode}: query`);
  const refused = await within(subscribeAll(client, { query: '{ nothing }' }), 'refused');

  ok(/nothing/.test(refused[0].errors[0].message) && !('data' in refused[0]), `${mode}: an invalid document gives its errors`, refused);
  const mutation = await within(subscribeAll(client, {
    query: 'mutation($i: CreateProjectInput!) { createProject(input: $i) { project { id } } }', variables: { i: { id: `${project}_made`, name: 'x' } },
  }), 'mutation');

  same(mutation[0].data?.createProject.project.id, `${project}_made`, `${mode}: mutation with variables`);
  const events = client.iterate({ query: `subscription { projectChanged(projectId: "${project}") { projectId } }` });
  const other = client.iterate({ query: `subscription { projectChanged(projectId: "${project}") { sequence } }` });

  same((await within(events.next(), 'first')).value.data.projectChanged.projectId, project, `${mode}: a subscription begins at once`);
  await within(other.next(), 'first of the other');
  const next = [events.next(), other.next()];
  const began = Date.now();

  await commit(server, project);
  await within(Promise.all(next), 'change');
  ok(Date.now() - began < 1000, `${mode}: a commit is told within a second, to both operations`, Date.now() - began);
  await events.return();
  const still = other.next();

  await commit(server, project);
  await within(still, 'change of the other');
  ok(true, `${mode}: one operation ends, the other goes on`);
  await other.return();
  client.dispose();
}

/** The text of a stream until it contains @marker. */
async function readUntil(answer, marker) {
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';

  await within((async () => {
    while (!text.includes(marker)) {
      const { value, done: ended } = await reader.read();

      if (ended) break;
      text += value;
    }
  })(), marker);
  await reader.cancel();
  return text;
}

try {
  const project = await makeProject(server, 'proj_sse');
  const stream = `${server.url}/stream`;

  await tryClient('distinct', { url: server.url }, project);
  await makeProject(server, 'proj_sse2');
  await tryClient('distinct at /stream', { url: stream }, 'proj_sse2');
  await makeProject(server, 'proj_sse3');
  await tryClient('single connection', { url: stream, singleConnection: true }, 'proj_sse3');
  await makeProject(server, 'proj_sse4');
  await tryClient('single connection, lazy off', { url: stream, singleConnection: true, lazy: false, onNonLazyError: () => {} }, 'proj_sse4');

  const events = { accept: 'text/event-stream' };
  const byGet = await fetch(`${server.url}?query=${encodeURIComponent('{ __typename }')}`, { headers: events });

  same(byGet.headers.get('content-type'), 'text/event-stream; charset=utf-8', 'GET: the media type');
  const text = await byGet.text();

  ok(/event: next\ndata: \{.*"__typename":"Query".*\}\n\nevent: complete\ndata: ?\n\n$/.test(text), 'GET: next, then complete', text);
  const mutation = await (await fetch(`${server.url}?query=${encodeURIComponent('mutation { loadDemo { done } }')}`, { headers: events })).text();

  ok(mutation.includes('"errors"') && !mutation.includes('"data"'), 'GET: no mutations', mutation);
  same((await fetch(server.url, { method: 'POST', headers: { ...events, 'content-type': 'application/json' }, body: '{' })).status, 400, 'a broken body is 400');
  same((await fetch(server.url, { method: 'POST', headers: { ...events, 'content-type': 'text/plain' }, body: '{}' })).status, 415, 'another type is 415');
  same((await fetch(stream, { method: 'PUT', headers: { origin: 'https://evil.example' } })).status, 401, 'a foreign page needs a token');
  same((await fetch(server.url, { method: 'POST', headers: { ...events, 'content-type': 'application/json', authorization: 'Bearer nobody' },
                                  body: '{"query":"{ version }"}' })).status, 401, 'a bad token is 401');

  const put = await fetch(stream, { method: 'PUT' });
  const token = await put.text();
  const headers = { 'x-graphql-event-stream-token': token };
  const send = (body) => fetch(stream, { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(body) });
  const subscription = { query: 'subscription { projectChanged(projectId: "proj_sse") { sequence } }', extensions: { operationId: 'one' } };

  same([put.status, /^[0-9a-f]{32}$/.test(token)], [201, true], 'PUT reserves a stream');
  same((await send(subscription)).status, 404, 'no operation before the stream is open');
  const open = await fetch(`${stream}?token=${token}`, { headers: events });

  same(open.status, 200, 'GET opens it');
  same((await fetch(stream, { headers: { ...events, ...headers } })).status, 409, 'once');
  same((await send({ query: '{ version }' })).status, 400, 'an operation needs an id');
  same((await send(subscription)).status, 202, 'POST starts an operation');
  same((await send(subscription)).status, 409, 'of this id only one');
  const told = await readUntil(open, 'event: next');

  ok(told.includes('data: {"id":"one","payload":{"data":{"projectChanged"'), 'its messages carry the id', told);
  same((await fetch(stream, { headers: { ...events, 'x-graphql-event-stream-token': 'x' } })).status, 404, 'an unknown token is 404');
  same((await fetch(`${stream}?operationId=one`, { method: 'DELETE', headers: { 'x-graphql-event-stream-token': 'x' } })).status, 404, 'for DELETE too');
  for (let i = 0; i < 100 && (await send(subscription)).status !== 404; i++) await new Promise((resolve) => setTimeout(resolve, 20));
  same((await send(subscription)).status, 404, 'the stream is gone with its client');
} finally {
  await server.stop();
}
done();
process.exit();

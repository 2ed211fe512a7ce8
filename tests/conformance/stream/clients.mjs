// Apollo client and urql as they are: queries by POST and GET, subscriptions by WebSocket, event stream and multipart.
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, Observable, gql } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { Client, fetchExchange, subscriptionExchange } from '@urql/core';
import { persistedExchange } from '@urql/exchange-persisted';
import { print } from 'graphql';
import { createClient as createEventClient } from 'graphql-sse';
import { createClient } from 'graphql-ws';
import { createHash } from 'node:crypto';
import WebSocket from 'ws';
import { commit, done, makeProject, ok, same, start, within } from './shared.mjs';

const server = await start();
const ws = () => createClient({ url: server.url.replace('http', 'ws'), webSocketImpl: WebSocket, retryAttempts: 0 });

/** The second message has to come after a commit; @observe(next, error) returns what unsubscribes. */
async function tryStream(name, project, observe) {
  const found = [];
  let wake;
  let failed;
  const wait = (n) => within(new Promise((resolve, reject) => {
    wake = () => { if (failed) reject(failed); else if (found.length >= n) resolve(); };
    wake();
  }), `${name}: message ${n}`);
  const stop = observe((value) => { found.push(value); wake?.(); }, (error) => { failed = error; wake?.(); });

  await wait(1);
  const began = Date.now();

  await commit(server, project);
  await wait(2);
  ok(found.every((data) => data.projectChanged.projectId === project) && Date.now() - began < 1000, `${name}: told of a commit within a second`, found);
  stop();
}

const QUERY = 'query Q { projects(first: 5) { nodes { id } } }';
const CHANGED = 'subscription Changed($id: ID!) { projectChanged(projectId: $id) { projectId sequence } }';

/** A fetch that writes down what was asked: [method, had a document, had its hash]. */
function counting(asked) {
  return (url, options) => {
    const parameters = options.method === 'GET' ? Object.fromEntries(new URL(url).searchParams) : JSON.parse(options.body);
    const extensions = typeof parameters.extensions === 'string' ? JSON.parse(parameters.extensions) : parameters.extensions;

    asked.push([options.method, Boolean(parameters.query), /^[0-9a-f]{64}$/.test(extensions?.persistedQuery?.sha256Hash)]);
    return fetch(url, options);
  };
}

/** A miss, the document with its hash, then hits alone: @ask(name) asks a query of its own name; @first and @second are the methods. */
async function tryPersisted(name, make, first, second) {
  const asked = [];
  const ask = make(counting(asked));
  const text = `P${name.replace(/\W/g, '')}`;

  for (let n = 0; n < 3; n++) ok((await within(ask(`query ${text} { projects(first: 5) { nodes { id } } }`), name))?.projects.nodes.length > 0, `${name}: answer ${n + 1}`);
  same(asked, [[first, false, true], [second, true, true], [first, false, true], [first, false, true]], `${name}: a miss, the document, and hits: 4 requests for 3 answers`);

  /* Another client finds it there. */
  const later = [];

  await within(make(counting(later))(`query ${text} { projects(first: 5) { nodes { id } } }`), name);
  same(later, [[first, false, true]], `${name}: another client needs one`);
}

const sha256 = (text) => createHash('sha256').update(text).digest('hex');

try {
  const project = await makeProject(server, 'proj_clients');
  const apollo = (link) => new ApolloClient({ link, cache: new InMemoryCache(), devtools: { enabled: false } });

  for (const [name, options] of [['POST', {}], ['GET', { useGETForQueries: true }]]) {
    const client = apollo(new HttpLink({ uri: server.url, ...options }));
    const { data } = await within(client.query({ query: gql(QUERY), fetchPolicy: 'no-cache' }), name);

    ok(data.projects.nodes.some(({ id }) => id === project), `Apollo: query by ${name}`, data);
    const refused = await within(client.query({ query: gql('{ nothing }'), fetchPolicy: 'no-cache' }).catch((error) => error), name);

    ok(/nothing/.test(refused.message), `Apollo: errors by ${name}`, refused);
  }
  /* Apollo has no link of its own for event streams; this is the one that graphql-sse describes. */
  const eventClient = createEventClient({ url: server.url, retryAttempts: 0 });
  const eventLink = new ApolloLink(({ query, variables }) => new Observable((sink) => eventClient.subscribe({ query: print(query), variables }, sink)));

  for (const [name, link] of [['multipart', new HttpLink({ uri: server.url })], ['WebSocket', new GraphQLWsLink(ws())], ['event stream', eventLink]]) {
    const client = apollo(ApolloLink.from([link]));

    await tryStream(`Apollo by ${name}`, project, (next, error) => {
      const subscription = client.subscribe({ query: gql(CHANGED), variables: { id: project }, fetchPolicy: 'no-cache' })
        .subscribe({ next: ({ data, error: inside }) => (inside ? error(inside) : next(data)), error });

      return () => subscription.unsubscribe();
    });
    if (name === 'multipart') {
      const answer = await within(new Promise((resolve, reject) => {
        client.subscribe({ query: gql(CHANGED), variables: { id: 'proj_none' }, fetchPolicy: 'no-cache', errorPolicy: 'all' })
          .subscribe({ next: resolve, error: resolve, complete: () => reject(new Error('nothing was told')) });
      }), 'refusal');

      ok(/no such project/.test(String(answer.error?.message ?? answer.message)), 'Apollo by multipart: a refusal is told', answer);
    }
  }

  for (const [name, options] of [['POST', { preferGetMethod: false }], ['GET', { preferGetMethod: 'force' }]]) {
    const client = new Client({ url: server.url, exchanges: [fetchExchange], ...options });
    const { data, error } = await within(client.query(QUERY, {}).toPromise(), name);

    ok(data?.projects.nodes.some(({ id }) => id === project), `urql: query by ${name}`, error?.message);
  }
  for (const useGETForHashedQueries of [false, true])
    await tryPersisted(`Apollo: persisted queries by ${useGETForHashedQueries ? 'GET' : 'POST'}`, (count) => {
      const client = apollo(new PersistedQueryLink({ sha256, useGETForHashedQueries }).concat(new HttpLink({ uri: server.url, fetch: count })));

      return async (text) => (await client.query({ query: gql(text), fetchPolicy: 'no-cache' })).data;
    }, useGETForHashedQueries ? 'GET' : 'POST', 'POST');
  for (const [method, preferGetMethod] of [['POST', false], ['GET', 'force']])
    await tryPersisted(`urql: persisted queries by ${method}`, (count) => {
      const exchange = persistedExchange({ preferGetForPersistedQueries: preferGetMethod, generateHash: async (text) => sha256(text) });
      const client = new Client({ url: server.url, exchanges: [exchange, fetchExchange], fetch: count, preferGetMethod, requestPolicy: 'network-only' });

      return async (text) => (await client.query(text, {}).toPromise()).data;
    }, method, method);

  const sockets = ws();
  const forward = subscriptionExchange({
    forwardSubscription: (request) => ({
      subscribe: (sink) => ({ unsubscribe: sockets.subscribe({ query: request.query ?? '', variables: request.variables }, sink) }),
    }),
  });

  for (const [name, options] of [['event stream', { exchanges: [fetchExchange], fetchSubscriptions: true }],
                                 ['multipart', { exchanges: [fetchExchange], fetchSubscriptions: true, fetchOptions: { headers: { accept: 'multipart/mixed;subscriptionSpec=1.0' } } }],
                                 ['WebSocket', { exchanges: [fetchExchange, forward] }]]) {
    const client = new Client({ url: server.url, preferGetMethod: false, ...options });

    await tryStream(`urql by ${name}`, project, (next, error) => {
      const { unsubscribe } = client.subscription(CHANGED, { id: project })
        .subscribe((result) => (result.error ? error(result.error) : next(result.data)));

      return unsubscribe;
    });
  }
} finally {
  await server.stop();
}
done();
process.exit();

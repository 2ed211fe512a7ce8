// Apollo client and urql as they are: queries by POST and GET, subscriptions by WebSocket, event stream and multipart.
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { Client, fetchExchange, subscriptionExchange } from '@urql/core';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { commit, done, makeProject, ok, start, within } from './shared.mjs';

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
  for (const [name, link] of [['multipart', new HttpLink({ uri: server.url })], ['WebSocket', new GraphQLWsLink(ws())]]) {
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
  const sockets = ws();
  const forward = subscriptionExchange({
    forwardSubscription: (request) => ({
      subscribe: (sink) => ({ unsubscribe: sockets.subscribe({ query: request.query ?? '', variables: request.variables }, sink) }),
    }),
  });

  for (const [name, options] of [['event stream', { exchanges: [fetchExchange], fetchSubscriptions: true }], ['WebSocket', { exchanges: [fetchExchange, forward] }]]) {
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

// What goes on right now, by the client of npm graphql-ws: events, counts and the journey graph.
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { commit, done, makeProject, ok, post, same, start, until } from './shared.mjs';

const server = await start();
const client = createClient({ url: server.url.replace('http', 'ws'), webSocketImpl: WebSocket, retryAttempts: 0 });

/** Listens; resolves to the messages, which grow, once the first is there. */
async function listen(query) {
  const messages = [];
  let failed;

  client.subscribe({ query }, { next: (message) => messages.push(message), error: (error) => { failed = error; }, complete: () => {} });
  await until(() => failed || messages.length > 0, query);
  if (failed) throw new Error(JSON.stringify(failed));
  return messages;
}

try {
  const project = await makeProject(server, 'proj_live');
  const events = await listen(`subscription { liveEvents(projectId: "${project}") { events { id type session { id } actor { id kind } } skippedCount } }`);
  const counts = await listen(`subscription { liveCounts(projectId: "${project}") { eventsPerMinute activeSessions activeActors } }`);
  const graphs = await listen(`subscription { journeyGraphChanged(projectId: "${project}") { isWhole sessionCount eventCount screens { path visits entries exits } transitions { count } removedScreens removedTransitions { from to } } }`);

  same(events[0].data.liveEvents, { events: [], skippedCount: 0 }, 'liveEvents: begins with nothing');
  same(counts[0].data.liveCounts, { eventsPerMinute: 0, activeSessions: 0, activeActors: 0 }, 'liveCounts: begins with the figures');
  same(graphs[0].data.journeyGraphChanged,
    { isWhole: true, sessionCount: 0, eventCount: 0, screens: [], transitions: [], removedScreens: [], removedTransitions: [] },
    'journeyGraphChanged: begins with the whole graph');

  const began = Date.now();

  await commit(server, project);
  await until(() => events.length > 1 && counts.length > 1, 'an event');
  ok(Date.now() - began < 1000, 'told of within a second', Date.now() - began);
  for (let i = 0; i < 9; i++) await commit(server, project);
  await until(() => events.flatMap(({ data }) => data.liveEvents.events).length === 10, 'ten events');
  const told = events.flatMap(({ data }) => data.liveEvents.events);

  same(new Set(told.map(({ id }) => id)).size, 10, 'liveEvents: each event once');
  ok(told.every(({ type, session, actor }) => type === 'page.view' && session.id === 's1' && actor.id === 'u1' && actor.kind === 'USER'), 'liveEvents: whole events', told);
  await until(() => counts.at(-1).data.liveCounts.eventsPerMinute === 10, 'counts');
  const { data } = await post(server, '{ project(id: "proj_live") { live { eventsPerMinute activeSessions activeActors } } }');

  same(counts.at(-1).data.liveCounts, data.project.live, 'liveCounts: equal to a fresh count');
  await until(() => graphs.at(-1).data.journeyGraphChanged.eventCount === 10, 'graph');
  ok(graphs.slice(1).every((message) => message.data.journeyGraphChanged.isWhole === false), 'journeyGraphChanged: only what changed', graphs.slice(1));
  same(graphs.flatMap((message) => message.data.journeyGraphChanged.screens).at(-1), { path: '/', visits: 1, entries: 1, exits: 1 }, 'journeyGraphChanged: the screen');
  await client.dispose();
} finally {
  await server.stop();
}
done();
process.exit();

// The data of the comparison: 20 projects, 5,000 sessions, 100,000 events, sent as a client sends them; and another organisation's,
// a tenth of it, which nobody who asks for the first may see.
import { randomUUID } from 'node:crypto';

export const N_PROJECTS = 20;
export const N_SESSIONS = 5000;
export const N_EVENTS = 100000;
const EVENTS_A_SESSION = N_EVENTS / N_SESSIONS;
const EVENTS_A_REQUEST = 1000;
const SPREAD_MS = 30 * 24 * 3600 * 1000;
const PAGES = ['/', '/cart', '/checkout', '/search', '/account/orders', '/help', '/category/shoes', '/offers'];
const TYPES = ['page.view', 'ui.click', 'state.change', 'api.response'];

export const projectId = (i) => `bench_${String(i).padStart(2, '0')}`;
export const sessionId = (i) => `sess_${String(i).padStart(6, '0')}`;

/** Both organisations. The names of the other's projects come first in the order of names. */
const FIRST = { projectId, sessionId, name: 'Bench', nProjects: N_PROJECTS, nSessions: N_SESSIONS };
export const OTHER = {
  projectId: (i) => `apart_${String(i).padStart(2, '0')}`, sessionId: (i) => `apart_${String(i).padStart(6, '0')}`, name: 'Apart',
  nProjects: 6, nSessions: N_SESSIONS / 10,
};

async function post(url, body, more = {}) {
  const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...more }, body: JSON.stringify(body) });
  const text = await answer.text();

  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${text}`);
  return JSON.parse(text);
}

function makeEvent(whose, session, i, startMs) {
  const event = {
    event_id: randomUUID(), project_id: whose.projectId(session % whose.nProjects), 'session.id': whose.sessionId(session),
    'user.id': `user_${session >> 1}`, 'event.type': TYPES[i % 4], 'event.sequence': i, 'page.path': PAGES[(session + (i >> 2)) % PAGES.length],
    'event.timestamp': new Date(startMs + i * 5000).toISOString(), 'app.version': `2.${session % 3}.0`,
    metadata: { experiment: 'checkout-b', price: session + i / 4, tags: ['sale', 'winter'] },
  };

  if (i % 4 === 1) event['ui.component.name'] = 'AddToCartButton';
  return event;
}

async function loadOne(server, whose, headers, keyOf) {
  const now = Date.now();
  const events = Array.from({ length: whose.nProjects }, () => []);
  const send = async (project) => {
    const sent = events[project].splice(0);
    const { accepted } = await post(`${server.base}/v1/events`, { events: sent }, keyOf(whose.projectId(project)));

    if (accepted !== sent.length) throw new Error(`${accepted} of ${sent.length} events were taken`);
  };

  for (let i = 0; i < whose.nProjects; i++) {
    const answer = await post(server.url, {
      query: 'mutation($i: CreateProjectInput!) { createProject(input: $i) { project { id } } }',
      variables: { i: { id: whose.projectId(i), name: `${whose.name} ${i}` } },
    }, headers);

    if (answer.errors) throw new Error(JSON.stringify(answer.errors));
  }
  for (let session = 0; session < whose.nSessions; session++) {
    const startMs = now - 600000 - Math.floor((SPREAD_MS * ((session * 7919) % whose.nSessions)) / whose.nSessions);
    const project = session % whose.nProjects;

    for (let i = 0; i < EVENTS_A_SESSION; i++) events[project].push(makeEvent(whose, session, i, startMs));
    if (events[project].length >= EVENTS_A_REQUEST) await send(project);
  }
  for (let project = 0; project < whose.nProjects; project++) if (events[project].length > 0) await send(project);
}

/** `otherToken` may create projects of the other organisation; `otherKey` makes the ingest key of one of them. */
export async function load(server, otherToken, otherKey) {
  await loadOne(server, FIRST, {}, () => ({}));
  await loadOne(server, OTHER, { authorization: `Bearer ${otherToken}` }, (project) => ({ 'x-pg-api-key': otherKey(project) }));
}

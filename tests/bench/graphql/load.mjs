// The data of the comparison: 20 projects, 5,000 sessions, 100,000 events, sent as a client sends them.
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

async function post(url, body) {
  const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  const text = await answer.text();

  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${text}`);
  return JSON.parse(text);
}

function makeEvent(session, i, startMs) {
  const event = {
    event_id: randomUUID(), project_id: projectId(session % N_PROJECTS), 'session.id': sessionId(session),
    'user.id': `user_${session >> 1}`, 'event.type': TYPES[i % 4], 'event.sequence': i, 'page.path': PAGES[(session + (i >> 2)) % PAGES.length],
    'event.timestamp': new Date(startMs + i * 5000).toISOString(), 'app.version': `2.${session % 3}.0`,
    metadata: { experiment: 'checkout-b', price: session + i / 4, tags: ['sale', 'winter'] },
  };

  if (i % 4 === 1) event['ui.component.name'] = 'AddToCartButton';
  return event;
}

export async function load(server) {
  const now = Date.now();
  let events = [];

  for (let i = 0; i < N_PROJECTS; i++) {
    const answer = await post(server.url, {
      query: 'mutation($i: CreateProjectInput!) { createProject(input: $i) { project { id } } }',
      variables: { i: { id: projectId(i), name: `Bench ${i}` } },
    });

    if (answer.errors) throw new Error(JSON.stringify(answer.errors));
  }
  for (let session = 0; session < N_SESSIONS; session++) {
    const startMs = now - 600000 - Math.floor((SPREAD_MS * ((session * 7919) % N_SESSIONS)) / N_SESSIONS);

    for (let i = 0; i < EVENTS_A_SESSION; i++) events.push(makeEvent(session, i, startMs));
    if (events.length < EVENTS_A_REQUEST) continue;
    const { accepted } = await post(`${server.base}/v1/events`, { events });

    if (accepted !== events.length) throw new Error(`${accepted} of ${events.length} events were taken`);
    events = [];
  }
}

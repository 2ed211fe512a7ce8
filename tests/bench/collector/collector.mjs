// A collector as one writes it in an afternoon: fastify, pg, one INSERT of many rows for each request. It checks less than ours and
// keeps no sessions, screens or people; its table is the compact one with one unique key (database.sql).
// PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE; PORT.
import Fastify from 'fastify';
import pg from 'pg';

const COLUMNS = ['ts', 'received_at', 'session_id', 'event_key', 'project', 'type', 'page_path', 'page_title', 'component_name',
  'component_path', 'journey_id', 'step_id', 'user_id', 'release', 'seq', 'data'];
const KNOWN = new Set(['event_id', 'project_id', 'session.id', 'event.timestamp', 'event.type', 'page.path', 'page.title', 'ui.component.name',
  'ui.component.path', 'gen_ai.journey.id', 'gen_ai.journey.step.id', 'user.id', 'app.version', 'event.sequence']);
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

const pool = new pg.Pool({ max: 8 });
const statements = new Map();

function statementFor (n) {
  let statement = statements.get(n);
  if (statement === undefined) {
    const rows = [];
    for (let i = 0, at = 1; i < n; i++) {
      const places = COLUMNS.map(() => `$${at++}`);
      rows.push(`(${places.join(',')})`);
    }
    statement = { name: `insert_${n}`, text: `INSERT INTO bench.event (${COLUMNS.join(',')}) VALUES ${rows.join(',')} ON CONFLICT DO NOTHING` };
    statements.set(n, statement);
  }
  return statement;
}

function problemOf (event) {
  for (const key of ['event_id', 'project_id', 'session.id', 'event.type', 'event.timestamp'])
    if (typeof event[key] !== 'string' || event[key] === '')
      return `${key}: required`;
  if (!UUID.test(event.event_id))
    return 'event_id: not a UUID';
  return Number.isNaN(Date.parse(event['event.timestamp'])) ? 'event.timestamp: not a time' : null;
}

function append (values, event, received) {
  const rest = {};
  for (const key in event)
    if (!KNOWN.has(key))
      rest[key] = event[key];
  values.push(event['event.timestamp'], received, event['session.id'], event.event_id, event.project_id, event['event.type'], event['page.path'],
    event['page.title'], event['ui.component.name'], event['ui.component.path'], event['gen_ai.journey.id'], event['gen_ai.journey.step.id'],
    event['user.id'], event['app.version'], event['event.sequence'], JSON.stringify(rest));
}

const app = Fastify({ bodyLimit: 10 * 1024 * 1024 });

app.post('/v1/events', async (request, reply) => {
  const errors = [], values = [];
  const received = new Date().toISOString();
  let n = 0;
  for (const [index, event] of request.body.events.entries()) {
    const error = problemOf(event);
    if (error !== null) {
      errors.push({ index, error });
      continue;
    }
    append(values, event, received);
    n++;
  }
  if (n > 0)
    await pool.query({ ...statementFor(n), values });
  reply.code(202);
  return { accepted: n, rejected: errors.length, errors };
});

await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) });
console.log('collector ready');

// What the tests of this folder share: what is stored, a proxy that answers in the server's place, and reading it all back.
import http from 'node:http';
import { inspect } from 'node:util';
import { ok } from '../http/tap.mjs';
import { post } from '../stream/shared.mjs';

export { start } from '../http/server.mjs';
export { done, ok, same } from '../http/tap.mjs';
export { makeProject, post, until, within } from '../stream/shared.mjs';

export const DEADLINE_MS = 60000;

/** The test broke off: why, and what the server said last. */
export const fail = (error, server) => ok(false, 'it went to the end', `${inspect(error)}\n${server.said.text.slice(-2000)}`);

const EVENTS = `query($p: ID!, $after: String) { project(id: $p) { events(first: 50, order: OLDEST_FIRST, after: $after) {
  pageInfo { endCursor hasNextPage }
  nodes { id type name timestamp pagePath pageTitle componentName componentPath journeyId journeyStepId release properties metadata
          session { id } actor { id kind } } } } }`;

/** Every event of the project, oldest first. */
export async function readEvents(server, project) {
  const all = [];

  for (let after = null; ;) {
    const { data, errors } = await post(server, EVENTS, { p: project, after });

    if (errors) throw new Error(JSON.stringify(errors));
    all.push(...data.project.events.nodes);
    if (!data.project.events.pageInfo.hasNextPage) return all;
    after = data.project.events.pageInfo.endCursor;
  }
}

/** Its events as soon as @enough is true of them. */
export async function waitForEvents(server, project, enough, what, ms = DEADLINE_MS) {
  const end = Date.now() + ms;

  for (;;) {
    const events = await readEvents(server, project);

    if (enough(events)) return events;
    if (Date.now() > end) throw new Error(`${what}: not within ${ms} ms; stored: ${events.map(({ type, name }) => `${type}/${name}`).join(', ')}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export const ofType = (events, type) => events.filter((event) => event.type === type);

/** How often each type is stored, as an object in the order of the names. */
export function countTypes(events) {
  const counts = {};

  for (const type of events.map((event) => event.type).sort()) counts[type] = (counts[type] ?? 0) + 1;
  return counts;
}

function collect(stream) {
  return new Promise((resolve, reject) => {
    const parts = [];

    stream.on('data', (part) => parts.push(part));
    stream.on('end', () => resolve(Buffer.concat(parts)));
    stream.on('error', reject);
  });
}

/** A proxy in front of the server, which writes down each request and its answer, with the time of both. While answers[] is not empty
 * it gives the first of them ({status, headers, body}) instead of asking. loseAnswer() cuts the next connection after the server has
 * answered, damageNext() hands the next body on with half of it missing, and holdUntil(promise) keeps what comes until then. */
export async function startProxy(server) {
  const log = [];
  const answers = [];
  let losing = false;
  let damaging = false;
  let gate;
  const target = new URL(server.base);
  const proxy = http.createServer(async (request, response) => {
    const body = await collect(request);
    const entry = { method: request.method, path: request.url, headers: request.headers, body, at: Date.now() };
    const canned = answers.shift();

    log.push(entry);
    await gate;
    if (canned) {
      Object.assign(entry, { status: canned.status, answer: canned.body ?? '' });
      response.writeHead(canned.status, canned.headers ?? {}).end(canned.body);
      return;
    }
    const passed = damaging ? body.subarray(0, body.length / 2) : body;
    const headers = { ...request.headers, 'content-length': passed.length };

    damaging = false;
    delete headers['transfer-encoding'];
    const forward = http.request({ host: target.hostname, port: target.port, method: request.method, path: request.url, headers }, async (answer) => {
      entry.answer = await collect(answer);
      entry.status = answer.statusCode;
      entry.answerHeaders = answer.headers;
      if (losing) {
        losing = false;
        request.socket.destroy();
        return;
      }
      response.writeHead(answer.statusCode, answer.headers).end(entry.answer);
    });

    forward.on('error', () => { entry.status = 502; response.writeHead(502).end(); });
    forward.end(passed);
  });

  await new Promise((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return {
    base: `http://127.0.0.1:${proxy.address().port}`,
    log,
    answers,
    loseAnswer() { losing = true; },
    damageNext() { damaging = true; },
    holdUntil(promise) { gate = promise; },
    stop() {
      proxy.closeAllConnections();
      return new Promise((resolve) => proxy.close(resolve));
    },
  };
}

// What OpenTelemetry's exporters make of each of our answers: what they send again, what they give up, what they complain of.
import { diag, DiagLogLevel } from '@opentelemetry/api';
import { BatchLogRecordProcessor, LoggerProvider, makeExporter } from './otel.mjs';
import { linkPostgres } from './postgres.mjs';
import { done, fail, makeProject, ok, readEvents, same, start, startProxy, until } from './shared.mjs';

const complaints = [];
const note = (level) => (...args) => complaints.push(`${level} ${args.map((arg) => (arg instanceof Error ? arg.message : typeof arg === 'object' ? JSON.stringify(arg) : arg)).join(' ')}`);

diag.setLogger({ verbose() {}, debug() {}, info() {}, warn: note('warn'), error: note('error') }, DiagLogLevel.WARN);

const postgres = linkPostgres();
const server = await start();
const proxy = await startProxy(server);
let nProjects = 0;

/** Sends @bodies as the log records of one request and tells what came of it. */
async function send(encoding, bodies, { key, before } = {}) {
  const project = await makeProject(server, `proj_r${++nProjects}`);
  const exporter = await makeExporter('logs', encoding, { url: `${proxy.base}/v1/logs`, headers: { authorization: `Bearer ${key ?? project}` }, timeoutMillis: 60000 });
  const provider = new LoggerProvider({ processors: [new BatchLogRecordProcessor({ exporter, maxQueueSize: 100000, maxExportBatchSize: 100000, exportTimeoutMillis: 120000 })] });
  const logger = provider.getLogger('reactions');

  proxy.log.length = 0;
  complaints.length = 0;
  if (before) await before();
  for (const body of bodies) logger.emit({ eventName: 'sent', body, attributes: { 'session.id': 's' } });
  await provider.forceFlush().catch(() => {});
  await provider.shutdown().catch(() => {});
  return {
    project,
    statuses: proxy.log.map(({ status }) => status),
    pauses: proxy.log.slice(1).map(({ at }, i) => at - proxy.log[i].at),
    events: await readEvents(server, project),
    complaints: [...complaints],
  };
}

const between = (value, low, high) => value >= low && value <= high;

const isReady = async () => (await fetch(`${server.base}/ready`)).ok;

async function waitUntilReady() {
  for (const end = Date.now() + 60000; !(await isReady());) {
    if (Date.now() > end) throw new Error('the server has no PostgreSQL again within 60 s');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/* An exporter tries five times; so that a slow PostgreSQL is no failure of the test, its second try waits for it on the way. */
async function tryAway(encoding) {
  const result = await send(encoding, ['once'], {
    async before() {
      postgres.take(server);
      await until(() => server.said.text !== '', 'the server said something');
      for (let status = 0; status !== 503;) {
        const answer = await fetch(`${server.base}/v1/logs`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });

        status = answer.status;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      until(() => proxy.log.length > 0 && proxy.log[0].status === 503, 'the first answer', 60000).then(() => {
        postgres.give();
        proxy.holdUntil(waitUntilReady());
      });
    },
  });

  same(result.statuses, [503, 200], `${encoding}: PostgreSQL away is 503, and the record is sent again when it is back`);
  same(proxy.log[0].answerHeaders['retry-after'], '1', `${encoding}: with Retry-After: 1`);
  ok(result.pauses.every((pause) => between(pause, 900, 3000)), `${encoding}: which the exporter keeps to`, result.pauses);
  same(result.events.map(({ metadata }) => metadata.body), ['once'], `${encoding}: it is stored once`);
  same(result.complaints, [], `${encoding}: nobody complains`);
}

async function tryLostAnswer(encoding) {
  const result = await send(encoding, ['twice'], { before() { proxy.loseAnswer(); } });

  same(result.statuses, [200, 200], `${encoding}: a record whose answer was lost is sent again`);
  same(result.events.length, 1, `${encoding}: and is stored once all the same`);
}

async function tryAnswers(encoding) {
  const type = encoding === 'json' ? 'application/json' : 'application/x-protobuf';
  const tooMany = await send(encoding, ['later'], { before() { proxy.answers.push({ status: 429, headers: { 'content-type': type } }); } });

  same(tooMany.statuses, [429, 200], `${encoding}: 429 is sent again`);
  ok(between(tooMany.pauses[0], 500, 2500), `${encoding}: 429 after the exporter's own pause`, tooMany.pauses);
  same(tooMany.events.length, 1, `${encoding}: 429 is stored once`);

  const wrongKey = await send(encoding, ['lost'], { key: 'pgk_wrong' });

  same([wrongKey.statuses, wrongKey.events.length], [[401], 0], `${encoding}: a wrong key is 401, once`);
  ok(wrongKey.complaints.some((text) => text.startsWith('error')), `${encoding}: and is complained of`, wrongKey.complaints);

  const damaged = await send(encoding, ['lost'], { before() { proxy.damageNext(); } });

  same([damaged.statuses, damaged.events.length], [[400], 0], `${encoding}: what cannot be read is 400, once`);

  const large = await send(encoding, Array.from({ length: 120 }, () => 'x'.repeat(90 * 1024)));

  same([large.statuses, large.events.length], [[413], 0], `${encoding}: more than 10 MB is 413, once`);

  const failed = await send(encoding, ['lost'], { before() { proxy.answers.push({ status: 500 }); } });

  same(failed.statuses, [500], `${encoding}: 500 is given up, which is why we answer 503`);

  const partial = await send(encoding, ['kept', 'x'.repeat(200 * 1024), 'kept too']);

  same([partial.statuses, partial.events.map(({ metadata }) => metadata.body).sort()], [[200], ['kept', 'kept too']], `${encoding}: one record too large does not stop the others`);
  ok(partial.complaints.some((text) => text.startsWith('warn') && text.includes('artial') && text.includes('larger than')), `${encoding}: of which the exporter warns`, partial.complaints);

  const empty = await send(encoding, ['lost'], { before() { proxy.answers.push({ status: 200, headers: { 'content-type': type } }); } });

  same([empty.statuses, empty.complaints], [[200], []], `${encoding}: 200 without a body is well`);
}

try {
  for (const encoding of ['json', 'proto']) {
    await tryAnswers(encoding);
    await tryLostAnswer(encoding);
    await tryAway(encoding);
  }
} catch (error) {
  fail(error, server);
} finally {
  await proxy.stop();
  await server.stop();
  postgres.remove();
}
done();
process.exit();

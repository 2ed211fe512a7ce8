// OpenTelemetry's own exporters for Node: logs, traces and metrics, JSON and protobuf, plain and gzip, with only the address changed.
import {
  BasicTracerProvider, BatchLogRecordProcessor, BatchSpanProcessor, LoggerProvider, makeExporter, MeterProvider,
  PeriodicExportingMetricReader, resourceFromAttributes, SpanKind, SpanStatusCode,
} from './otel.mjs';
import { countTypes, done, fail, makeProject, ofType, readEvents, same, start, startProxy } from './shared.mjs';

const resource = resourceFromAttributes({ 'service.name': 'shop', 'service.version': '2.1.0', 'deployment.environment.name': 'staging' });

function emit(logger) {
  const session = { 'session.id': 'sess_1', 'user.id': 'u_7' };

  logger.emit({ eventName: 'browser.navigation', attributes: { ...session, 'url.full': 'https://shop.example/cart?a=1', 'browser.navigation.same_document': false } });
  logger.emit({ eventName: 'app.widget.click', attributes: { ...session, 'app.widget.id': 'buy', 'app.widget.name': 'Buy now', 'app.screen.id': '/cart' } });
  logger.emit({ eventName: 'browser.web_vital', attributes: { ...session, 'browser.web_vital.name': 'lcp', 'browser.web_vital.value': 1234.5 } });
  logger.emit({ eventName: 'checkout.done', attributes: { ...session, revenue: 12.5, items: ['a', 'b'], nested: { deep: true } }, body: { note: 'ok' } });
  logger.emit({
    eventName: 'agent.step', attributes: { ...session, 'gen_ai.journey.id': 'purchase', 'gen_ai.journey.step.id': 'pay', 'gen_ai.journey.conversion.status': 'converted' },
  });
  logger.emit({ severityNumber: 17, severityText: 'ERROR', body: 'cart is empty', attributes: { ...session, 'exception.type': 'CartError', 'exception.message': 'empty' } });
}

function trace(tracer) {
  const session = { 'session.id': 'sess_1', 'user.id': 'u_7' };
  const call = tracer.startSpan('GET', {
    kind: SpanKind.CLIENT,
    attributes: { ...session, 'http.request.method': 'GET', 'url.full': 'https://api.shop.example/api/cart?x=1', 'http.response.status_code': 500 },
  });
  const work = tracer.startSpan('price the cart', { attributes: session });

  call.setStatus({ code: SpanStatusCode.ERROR, message: '500' });
  call.recordException(new TypeError('no cart'));
  call.end();
  work.addEvent('priced', { n: 3 });
  work.end();
}

const EXPECTED = {
  'api.request': 1, 'api.response': 1, 'checkout.done': 1, error: 2, 'journey.step': 1, 'page.view': 1,
  performance: 1, span: 1, 'ui.click': 1,
};

async function send(server, proxy, encoding, compression) {
  const project = await makeProject(server, `proj_${encoding}_${compression}`);
  const headers = { authorization: `Bearer ${project}` };
  const options = (path) => ({ url: `${proxy.base}${path}`, headers, compression });
  const logs = new LoggerProvider({ resource, processors: [new BatchLogRecordProcessor({ exporter: await makeExporter('logs', encoding, options('/v1/logs')) })] });
  const traces = new BasicTracerProvider({ resource, spanProcessors: [new BatchSpanProcessor(await makeExporter('traces', encoding, options('/v1/traces')))] });
  const metrics = new MeterProvider({ resource, readers: [new PeriodicExportingMetricReader({ exporter: await makeExporter('metrics', encoding, options('/v1/metrics')) })] });
  const name = `${encoding}, ${compression}`;
  const before = proxy.log.length;

  emit(logs.getLogger('shop', '1.0'));
  trace(traces.getTracer('shop', '1.0'));
  metrics.getMeter('shop').createCounter('orders').add(1);
  await Promise.all([logs.shutdown(), traces.shutdown(), metrics.shutdown()]);

  const requests = proxy.log.slice(before);
  const events = await readEvents(server, project);
  const [view, click, vital, custom, step] = ['page.view', 'ui.click', 'performance', 'checkout.done', 'journey.step'].map((type) => ofType(events, type)[0]);

  same(requests.map(({ path, status }) => `${path} ${status}`).sort(), ['/v1/logs 200', '/v1/metrics 200', '/v1/traces 200'], `${name}: one request a signal, each taken`);
  same(requests.every(({ headers: sent }) => (sent['content-encoding'] === 'gzip') === (compression === 'gzip')
    && sent['content-type'] === (encoding === 'json' ? 'application/json' : 'application/x-protobuf')), true, `${name}: sent as meant`);
  same(requests.every(({ answerHeaders, headers: sent }) => answerHeaders['content-type'] === sent['content-type']), true, `${name}: answered in the encoding that was sent`);
  same(countTypes(events), EXPECTED, `${name}: every record is stored`);
  same(events.every(({ session, actor, release }) => session.id === 'sess_1' && actor.id === 'u_7' && release === '2.1.0'), true, `${name}: session, person and release`);
  same([view.pagePath, view.name], ['/cart', 'browser.navigation'], `${name}: the navigation is a page view`);
  same([click.componentName, click.pagePath], ['Buy now', '/cart'], `${name}: the widget is the component`);
  same(vital.properties['performance.lcp_ms'], 1234.5, `${name}: the vital's value`);
  same([custom.metadata.revenue, custom.metadata.items, custom.metadata.nested, custom.metadata.body], [12.5, ['a', 'b'], { deep: true }, { note: 'ok' }],
       `${name}: attributes and body are kept`);
  same([step.journeyId, step.journeyStepId, step.properties['gen_ai.journey.conversion.status']], ['purchase', 'pay', 'converted'], `${name}: the journey step`);
  same(ofType(events, 'api.response').map(({ properties }) => [properties['api.method'], properties['api.path'], properties['api.status_code']]), [['GET', '/api/cart', 500]],
       `${name}: the call`);
  same(ofType(events, 'error').map(({ properties }) => properties['error.message']).sort(), ['empty', 'no cart'], `${name}: both errors`);
  return events.map(({ id, type, properties, metadata }) => ({ type, properties, client: metadata?.$client && Object.keys(metadata.$client).sort(), n: id.length }));
}

const server = await start();
const proxy = await startProxy(server);

try {
  const stored = [];

  for (const encoding of ['json', 'proto'])
    for (const compression of ['none', 'gzip'])
      stored.push(await send(server, proxy, encoding, compression));
  const sorted = (events) => events.map((event) => `${event.type} ${Object.keys(event.properties).sort()} ${event.client} ${event.n}`).sort();

  for (const other of stored.slice(1)) same(sorted(other), sorted(stored[0]), 'every form makes the same rows');
} catch (error) {
  fail(error, server);
} finally {
  await proxy.stop();
  await server.stop();
}
done();
process.exit();

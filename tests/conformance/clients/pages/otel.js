// OpenTelemetry in a browser, all its instrumentations switched on.
import { logs } from '@opentelemetry/api-logs';
import { ConsoleInstrumentation } from '@opentelemetry/browser-instrumentation/experimental/console';
import { ErrorsInstrumentation } from '@opentelemetry/browser-instrumentation/experimental/errors';
import { NavigationInstrumentation } from '@opentelemetry/browser-instrumentation/experimental/navigation';
import { NavigationTimingInstrumentation } from '@opentelemetry/browser-instrumentation/experimental/navigation-timing';
import { ResourceTimingInstrumentation } from '@opentelemetry/browser-instrumentation/experimental/resource-timing';
import { UserActionInstrumentation } from '@opentelemetry/browser-instrumentation/experimental/user-action';
import { WebVitalsInstrumentation } from '@opentelemetry/browser-instrumentation/experimental/web-vitals';
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { DocumentLoadInstrumentation } from '@opentelemetry/instrumentation-document-load';
import { UserInteractionInstrumentation } from '@opentelemetry/instrumentation-user-interaction';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import { BatchSpanProcessor, WebTracerProvider } from '@opentelemetry/sdk-trace-web';

const { collector, project, session, traces: withTraces, events: withEvents } = globalThis.settings;
const headers = { authorization: `Bearer ${project}` };
const resource = resourceFromAttributes({ 'service.name': 'shop-web', 'service.version': '3.0.0', ...(session ? { 'session.id': session } : {}) });
const instrumentations = [];
let loggerProvider;
let tracerProvider;

if (withEvents) {
  loggerProvider = new LoggerProvider({
    resource,
    processors: [new BatchLogRecordProcessor({ exporter: new OTLPLogExporter({ url: `${collector}/v1/logs`, headers }), scheduledDelayMillis: 200 })],
  });
  logs.setGlobalLoggerProvider(loggerProvider);
  instrumentations.push(new ConsoleInstrumentation(), new ErrorsInstrumentation(), new NavigationInstrumentation(), new NavigationTimingInstrumentation(),
                        new ResourceTimingInstrumentation(), new UserActionInstrumentation(), new WebVitalsInstrumentation());
}
if (withTraces) {
  tracerProvider = new WebTracerProvider({
    resource, spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ url: `${collector}/v1/traces`, headers }), { scheduledDelayMillis: 200 })],
  });
  tracerProvider.register();
  instrumentations.push(new DocumentLoadInstrumentation(), new UserInteractionInstrumentation({ eventNames: ['click', 'submit'] }));
}
registerInstrumentations({ instrumentations });

globalThis.flush = () => Promise.all([loggerProvider?.forceFlush(), tracerProvider?.forceFlush()]);
globalThis.log = (name, attributes) => logs.getLogger('shop').emit({ eventName: name, attributes });
document.getElementById('buy').addEventListener('click', () => { document.title = 'Bought'; });

// The exporters of OpenTelemetry for Node, made as their documentation does.
import { createRequire } from 'node:module';

export { resourceFromAttributes } from '@opentelemetry/resources';
export { SpanKind, SpanStatusCode } from '@opentelemetry/api';
export { LoggerProvider, SimpleLogRecordProcessor, BatchLogRecordProcessor } from '@opentelemetry/sdk-logs';
export { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
export { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';

const KINDS = { json: 'http', proto: 'proto' };

/** The exporter of @signal ("logs") in @encoding ("json") as the package has it. */
export async function makeExporter(signal, encoding, options) {
  const module = await import(`@opentelemetry/exporter-${signal === 'traces' ? 'trace' : signal}-otlp-${KINDS[encoding]}`);
  const name = { logs: 'OTLPLogExporter', traces: 'OTLPTraceExporter', metrics: 'OTLPMetricExporter' }[signal];

  return new module[name](options);
}

export const versionOf = (name) => createRequire(import.meta.url)(`${name}/package.json`).version;

// Segment's and RudderStack's clients for the browser, with only their addresses changed.
import { RudderAnalytics } from '@rudderstack/analytics-js/bundled'; // the other form loads its parts from a site of its own
import { AnalyticsBrowser } from '@segment/analytics-next';

const { collector, segmentKey, rudderKey } = globalThis.settings;

const calls = async (client) => {
  client.page('Shop', 'Front', { campaign: 'x' });
  client.track('Product Viewed', { sku: 'a-1', price: 3.5 });
  client.identify('u_web', { plan: 'pro' });
  client.group('org_1', { seats: 5 });
  client.alias('u_web_2', 'u_web');
};

globalThis.segment = async () => {
  const analytics = AnalyticsBrowser.load({ writeKey: segmentKey, cdnURL: collector });

  await analytics.ready();
  await analytics.page('Shop', 'Front', { campaign: 'x' });
  await analytics.track('Product Viewed', { sku: 'a-1', price: 3.5 });
  await analytics.identify('u_web', { plan: 'pro' });
  await analytics.group('org_1', { seats: 5 });
  await analytics.alias('u_web_2', 'u_web');
  await analytics.screen('Basket', 'Basket', { lines: 2 });
};
globalThis.rudder = () => new Promise((resolve) => {
  const analytics = new RudderAnalytics();

  analytics.load(rudderKey, collector, { configUrl: collector, loadIntegration: false, useBeacon: false });
  analytics.ready(() => {
    calls(analytics);
    resolve();
  });
});

// Segment's and RudderStack's clients, for Node and for the browser: all six kinds of calls, with only the address changed.
import { Analytics as Segment } from '@segment/analytics-node';
import Rudder from '@rudderstack/rudder-sdk-node';
import { countTypes, done, fail, makeProject, ofType, ok, same, start, startProxy, waitForEvents } from './shared.mjs';
import { HAVE_BROWSER, startShop, visit } from './shop.mjs';

const server = await start();
const proxy = await startProxy(server);

const context = { page: { path: '/checkout', url: 'https://shop.example/checkout', title: 'Checkout', referrer: 'https://shop.example/' }, app: { version: '2.1.0', name: 'shop' } };
const CALLS = {
  identify: { userId: 'u1', traits: { plan: 'pro' } },
  track: { userId: 'u1', event: 'Checkout Started', properties: { revenue: 12.5, items: ['a'] } },
  page: { userId: 'u1', name: 'Checkout', properties: { path: '/checkout', title: 'Checkout' } },
  screen: { userId: 'u1', name: 'Basket', properties: { lines: 2 } },
  group: { userId: 'u1', groupId: 'org_1', traits: { seats: 5 } },
  alias: { userId: 'u2', previousId: 'u1' },
};

function check(name, events) {
  const [identify, track, group, alias] = ['identify', 'Checkout Started', 'group', 'alias'].map((type) => ofType(events, type)[0]);
  const [page, screen] = ['Checkout', 'Basket'].map((title) => ofType(events, 'page.view').find(({ pageTitle }) => pageTitle === title));

  same(countTypes(events), { 'Checkout Started': 1, alias: 1, group: 1, identify: 1, 'page.view': 2 }, `${name}: all six calls are stored`);
  same([track.name, track.metadata.revenue, track.metadata.items, track.pagePath, track.release], ['Checkout Started', 12.5, ['a'], '/checkout', '2.1.0'], `${name}: track`);
  same(identify.metadata.traits, { plan: 'pro' }, `${name}: identify`);
  same([page.pagePath, page.pageTitle], ['/checkout', 'Checkout'], `${name}: page`);
  same([screen.pagePath, screen.metadata.lines], ['Basket', 2], `${name}: screen`);
  same([group.metadata.group_id, group.metadata.traits], ['org_1', { seats: 5 }], `${name}: group`);
  same(alias.metadata.alias, 'u1', `${name}: alias`);
  same(new Set(events.filter(({ type }) => type !== 'alias').map(({ session }) => session.id)).size, 1, `${name}: one session, derived for one person`);
  same(events.every(({ metadata }) => metadata['session.derived'] === true), true, `${name}: which says so`);
  same(events.some((event) => JSON.stringify(event).includes('proj_')), false, `${name}: the key is not stored`);
}

async function trySegmentNode() {
  const project = await makeProject(server, 'proj_segment_node');
  const analytics = new Segment({ writeKey: project, host: proxy.base, maxRetries: 0 });
  const errors = [];

  analytics.on('error', (error) => errors.push(JSON.stringify(error)));
  for (const [call, message] of Object.entries(CALLS)) analytics[call]({ ...message, context });
  await analytics.closeAndFlush();
  same(errors, [], 'Segment, Node: no error');
  check('Segment, Node', await waitForEvents(server, project, (events) => events.length >= 6, 'six calls'));
}

async function tryRudderNode() {
  const project = await makeProject(server, 'proj_rudder_node');
  const analytics = new Rudder(project, { dataPlaneUrl: proxy.base, logLevel: 'silent' });

  for (const [call, message] of Object.entries(CALLS)) analytics[call]({ ...message, context });
  await new Promise((resolve, reject) => { analytics.flush((error) => (error ? reject(error) : resolve())); });
  check('RudderStack, Node', await waitForEvents(server, project, (events) => events.length >= 6, 'six calls'));
  ok(proxy.log.some(({ headers, body }) => headers['content-type'] === 'application/x-www-form-urlencoded' || body[0] === 0x1f || body[0] === 0x7b), 'RudderStack, Node: as it sends');
  analytics.reset?.();
}

/** @who: whom all of it counts as. RudderStack's alias joins its two users; Segment's client sends its own user as both. */
function checkBrowser(name, events, types, who) {
  const [track, identify, group, alias] = ['Product Viewed', 'identify', 'group', 'alias'].map((type) => ofType(events, type)[0]);
  const page = ofType(events, 'page.view').find(({ metadata }) => metadata.campaign);

  console.log(`# ${name} ${JSON.stringify(countTypes(events))}`);
  same(countTypes(events), types, `${name}: every call is stored`);
  same([track.name, track.metadata.sku, track.metadata.price, track.pagePath], ['Product Viewed', 'a-1', 3.5, '/'], `${name}: track`);
  same([page.pagePath, page.metadata.campaign], ['/', 'x'], `${name}: page`);
  same([identify.actor.id, identify.metadata.traits.plan], [who, 'pro'], `${name}: identify`);
  same([group.metadata.group_id, group.metadata.traits.seats], ['org_1', 5], `${name}: group`);
  same(alias.metadata.alias, 'u_web', `${name}: alias`);
  same(new Set(events.map(({ session }) => session.id)).size, 1, `${name}: one session`);
}

async function tryBrowsers() {
  const { launch } = await import('../browser/chromium.mjs');
  const segmentKey = await makeProject(server, 'proj_segment_web');
  const rudderKey = await makeProject(server, 'proj_rudder_web');
  const browser = await launch();
  const shop = await startShop('segment.js', { collector: proxy.base, segmentKey, rudderKey });

  try {
    const first = await visit(browser, `${shop.base}/`);

    proxy.log.length = 0;
    await first.page.evaluate(() => globalThis.segment());
    checkBrowser('Segment, browser', await waitForEvents(server, segmentKey, (events) => events.length >= 6, 'six calls'),
                 { 'Product Viewed': 1, alias: 1, group: 1, identify: 1, 'page.view': 2 }, 'u_web');
    console.log(`# ${proxy.log.map(({ method, path, status }) => `${method} ${path} ${status}`).join(', ')}`);
    same(proxy.log.filter(({ status }) => status >= 400).map(({ path, status }) => `${path} ${status}`), [], 'Segment, browser: nothing is refused');
    await first.close();

    const second = await visit(browser, `${shop.base}/`);

    proxy.log.length = 0;
    await second.page.evaluate(() => globalThis.rudder());
    checkBrowser('RudderStack, browser', await waitForEvents(server, rudderKey, (events) => events.length >= 5, 'five calls'),
                 { 'Product Viewed': 1, alias: 1, group: 1, identify: 1, 'page.view': 1 }, 'u_web_2');
    console.log(`# ${proxy.log.map(({ method, path, status }) => `${method} ${path} ${status}`).join(', ')}`);
    await second.close();
  } finally {
    await browser.close();
    await shop.stop();
  }
}

try {
  await trySegmentNode();
  await tryRudderNode();
  if (HAVE_BROWSER) await tryBrowsers();
} catch (error) {
  fail(error, server);
} finally {
  await proxy.stop();
  await server.stop();
}
done();
process.exit();

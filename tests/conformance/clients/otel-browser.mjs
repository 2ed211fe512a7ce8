// OpenTelemetry in Chromium: the browser events and the older span instrumentations, from a page of another origin.
import { launch } from '../browser/chromium.mjs';
import { countTypes, done, fail, makeProject, ofType, ok, readEvents, same, start, startProxy, waitForEvents } from './shared.mjs';
import { startShop, visit } from './shop.mjs';

const server = await start();
const proxy = await startProxy(server);
const browser = await launch();
let shop;

async function walk(page) {
  await page.click('#buy');
  await page.evaluate(() => fetch('/api/price').then((answer) => answer.json()));
  await page.evaluate(() => history.pushState({}, '', '/cart?n=1'));
  await page.evaluate(() => { setTimeout(() => { throw new TypeError('cart is broken'); }); });
  await page.evaluate(() => console.error('console says no'));
  await page.click('#send');
}

async function tryEvents() {
  const project = await makeProject(server, 'proj_events');

  shop = await startShop('otel.js', { collector: proxy.base, project, session: 'sess_web', events: true });
  const { page, complaints, close } = await visit(browser, `${shop.base}/`);

  await walk(page);
  await waitForEvents(server, project, (events) => ofType(events, 'error').length >= 2 && ofType(events, 'ui.click').length >= 2 && ofType(events, 'page.view').length >= 2, 'the walk');
  await page.evaluate(() => { location.href = '/done'; });
  await page.waitForURL('**/done');
  await waitForEvents(server, project, (events) => ofType(events, 'page.view').length >= 3 && ofType(events, 'page.leave').length >= 2, 'the next page');
  await page.evaluate(() => globalThis.flush());
  const events = await readEvents(server, project);

  console.log(`# ${JSON.stringify(countTypes(events))}`);
  same(ofType(events, 'page.view').map(({ pagePath }) => pagePath), ['/', '/cart', '/done'], 'browser events: page views');
  same(ofType(events, 'page.leave').map(({ pagePath }) => pagePath), ['/', '/cart'], 'browser events: each page is left when the next comes');
  same(ofType(events, 'ui.click').map(({ componentName, componentPath }) => [componentName, componentPath]), [['Buy button', '#buy'], ['BUTTON', '#send']],
       'browser events: clicks name what was clicked');
  same(ofType(events, 'error').map(({ properties }) => properties['error.message']).sort(), ['cart is broken', 'console says no'], 'browser events: errors');
  same(events.every(({ session, release }) => session.id === 'sess_web' && release === '3.0.0'), true, 'browser events: session and release');
  ok(ofType(events, 'performance').length >= 3, 'browser events: timings and vitals', countTypes(events));
  same(events.filter((event) => JSON.stringify(event).includes('/v1/logs')).length, 0, 'browser events: its own requests to us are no events');
  ok(proxy.log.some(({ method, status }) => method === 'OPTIONS' && status === 204), 'browser events: the preflight is answered');
  same(proxy.log.filter(({ method, status }) => method === 'POST' && status !== 200).length, 0, 'browser events: every request is taken');
  same(complaints.filter((text) => !/cart is broken|console says no/.test(text)), [], 'browser events: the browser has nothing to complain of');
  await close();
  await shop.stop();
}

async function trySpans() {
  const project = await makeProject(server, 'proj_spans');

  shop = await startShop('otel.js', { collector: proxy.base, project, session: 'sess_spans', traces: true });
  const { page, close } = await visit(browser, `${shop.base}/`);

  await page.click('#buy');
  const events = await waitForEvents(server, project, (all) => ofType(all, 'page.view').length >= 1 && ofType(all, 'ui.click').length >= 1, 'the spans');

  console.log(`# ${JSON.stringify(countTypes(events))}`);
  same(ofType(events, 'page.view').map(({ pagePath, name }) => [pagePath, name]), [['/', 'documentLoad']], 'spans: documentLoad is the page view when nothing else is');
  same(ofType(events, 'ui.click').map(({ componentName }) => componentName), ['BUTTON'], 'spans: the click');
  ok(ofType(events, 'performance').some(({ name }) => name === 'documentFetch'), 'spans: documentFetch is a measurement', countTypes(events));
  await close();
  await shop.stop();
}

async function tryBoth() {
  const project = await makeProject(server, 'proj_both');

  shop = await startShop('otel.js', { collector: proxy.base, project, session: 'sess_both', traces: true, events: true });
  const { page, close } = await visit(browser, `${shop.base}/`);
  const both = (events) => events.some(({ name }) => name === 'documentLoad') && events.some(({ name }) => name === 'browser.navigation');
  const events = await waitForEvents(server, project, both, 'both');

  same(ofType(events, 'page.view').map(({ pagePath }) => pagePath), ['/'], 'both: one page is viewed once');
  same(ofType(events, 'page.leave').length, 0, 'both: and is not left');
  await page.reload();
  await waitForEvents(server, project, (all) => all.filter(({ name }) => name === 'documentLoad').length === 2 && all.filter(({ name }) => name === 'browser.navigation').length === 2, 'the reload');
  same(ofType(await readEvents(server, project), 'page.view').length, 2, 'both: a reload is another view');
  await close();
  await shop.stop();
}

async function trySession() {
  const project = await makeProject(server, 'proj_derived');

  shop = await startShop('otel.js', { collector: proxy.base, project, events: true });
  const { page, close } = await visit(browser, `${shop.base}/`);

  await page.click('#buy');
  await page.evaluate(() => globalThis.flush());
  await waitForEvents(server, project, (events) => ofType(events, 'ui.click').length === 1, 'the first batch');
  await page.click('#send');
  const events = await waitForEvents(server, project, (all) => ofType(all, 'ui.click').length === 2, 'the second batch');

  same(new Set(events.map(({ session }) => session.id)).size, 1, 'without session.id: one session for all its batches');
  same(events.every(({ metadata }) => metadata['session.derived'] === true), true, 'without session.id: and it says that it is derived');
  await close();
  await shop.stop();
}

try {
  await tryEvents();
  await trySpans();
  await tryBoth();
  await trySession();
} catch (error) {
  fail(error, server);
} finally {
  await browser.close();
  await shop?.stop();
  await proxy.stop();
  await server.stop();
}
done();
process.exit();

// PostHog's clients for Node and for the browser with only the host changed: events, autocapture, exceptions, vitals and replay.
import { PostHog } from 'posthog-node';
import { countTypes, done, fail, makeProject, ofType, ok, post, readEvents, same, start, startProxy, until, waitForEvents } from './shared.mjs';
import { HAVE_BROWSER, startShop, visit } from './shop.mjs';

const server = await start();
const proxy = await startProxy(server);

/** @mode: the protocol of the client's choice, or its newest. */
async function tryNode(mode) {
  const project = await makeProject(server, `proj_posthog_${mode}`);
  const before = proxy.log.length;

  process.env.POSTHOG_CAPTURE_MODE = mode;
  const client = new PostHog(project, { host: proxy.base, flushAt: 100, flushInterval: 1000000 });
  const errors = [];

  client.on('error', (error) => errors.push(String(error)));
  client.capture({ distinctId: 'u1', event: 'order placed', properties: { total: 12.5, lines: ['a'] } });
  client.identify({ distinctId: 'u1', properties: { $set: { plan: 'pro' }, $set_once: { first: true } } });
  client.groupIdentify({ groupType: 'company', groupKey: 'acme', properties: { seats: 5 } });
  client.alias({ distinctId: 'u1', alias: 'anon-1' });
  client.captureException(new TypeError('no cart'), 'u1');
  same(await client.getFeatureFlag('beta', 'u1'), undefined, `Node, ${mode}: no flag is set, and asking is no error`);
  await client.shutdown();

  const events = await waitForEvents(server, project, (all) => all.length >= 6, 'what was captured');
  const [order, identify, group, alias, error] = ['order placed', 'identify', 'group', 'alias', 'error'].map((type) => ofType(events, type)[0]);

  same(errors, [], `Node, ${mode}: no error`);
  same(countTypes(events), { $feature_flag_called: 1, alias: 1, error: 1, group: 1, identify: 1, 'order placed': 1 }, `Node, ${mode}: every event is stored`);
  same([order.actor.id, order.metadata.total, order.metadata.lines], ['u1', 12.5, ['a']], `Node, ${mode}: capture`);
  same([identify.metadata.traits.plan, identify.metadata.traits_once.first], ['pro', true], `Node, ${mode}: identify`);
  same([group.metadata.group_type, group.metadata.group_id, group.metadata.traits.seats], ['company', 'acme', 5], `Node, ${mode}: group`);
  same(alias.metadata.alias, 'anon-1', `Node, ${mode}: alias`);
  same([error.properties['error.type'], error.properties['error.message']], ['TypeError', 'no cart'], `Node, ${mode}: exception`);
  ok(proxy.log.slice(before).some(({ path, headers }) => path.startsWith(mode === 'v1' ? '/i/v1/analytics/events' : '/batch') && headers['content-encoding'] === 'gzip'),
     `Node, ${mode}: by the path that it takes, packed`);
}

const REPLAY = `query($p: ID!, $s: ID!) { project(id: $p) { session(id: $s) { replayChunks(first: 100) { nodes { startedAt endedAt eventCount byteCount windowId url } } } } }`;

/** The rrweb events of a session, as a player would get them. */
async function readReplay(project, session) {
  const { data, errors } = await post(server, REPLAY, { p: project, s: session });
  const events = [];

  if (errors) throw new Error(JSON.stringify(errors));
  const chunks = data.project.session?.replayChunks.nodes ?? [];

  for (const chunk of chunks) {
    const answer = await fetch(new URL(chunk.url, server.base));
    const list = await answer.json();

    if (answer.status !== 200 || list.length !== chunk.eventCount) throw new Error(`${answer.status}: ${list.length} events of ${chunk.eventCount}`);
    events.push(...list);
  }
  return { chunks, events };
}

/** Every text of an rrweb node and what is in it. */
function textOf(node) {
  return [node.textContent ?? '', ...(node.childNodes ?? []).map(textOf)].join(' ');
}

async function tryBrowser() {
  const { launch } = await import('../browser/chromium.mjs');
  const project = await makeProject(server, 'proj_posthog_web');
  const browser = await launch();
  const shop = await startShop('posthog.js', { collector: `${proxy.base}/ingest`, project });

  try {
    const { page, complaints, close } = await visit(browser, `${shop.base}/`);

    proxy.log.length = 0;
    await until(() => proxy.log.some(({ path }) => path.startsWith('/ingest/s/')), 'the first chunk', 60000).catch(() => {});
    await page.click('#buy');
    await page.fill('#name', 'somebody');
    await page.click('#send');
    await page.evaluate(() => { setTimeout(() => { throw new TypeError('cart is broken'); }); });
    await page.evaluate(() => {
      globalThis.posthog.identify('u_web', { plan: 'pro' });
      globalThis.posthog.capture('order placed', { total: 12.5 });
    });
    await page.evaluate(() => { history.pushState({}, '', '/cart'); });
    await waitForEvents(server, project, (events) => ofType(events, 'order placed').length === 1 && ofType(events, 'ui.click').length >= 2 && ofType(events, 'error').length === 1,
                        'what was done');
    const session = await page.evaluate(() => globalThis.posthog.get_session_id());

    await page.goto(`${shop.base}/done`);
    const events = await waitForEvents(server, project, (all) => ofType(all, 'page.leave').length >= 1 && ofType(all, 'page.view').length >= 2, 'leaving');
    const [view] = ofType(events, 'page.view');
    const clicks = ofType(events, 'ui.click');

    console.log(`# ${JSON.stringify(countTypes(events))}`);
    same([view.pagePath, view.pageTitle, view.name], ['/', 'Shop', '$pageview'], 'browser: page view');
    same(clicks.slice(0, 1).map(({ componentName, componentPath }) => [componentName, /button/.test(componentPath)]), [['Buy now', true]], 'browser: the click names what was clicked');
    same(ofType(events, 'order placed').map(({ actor, metadata }) => [actor.id, metadata.total]), [['u_web', 12.5]], 'browser: capture');
    same(ofType(events, 'identify').length >= 1, true, 'browser: identify');
    same(ofType(events, 'error').map(({ properties }) => [properties['error.type'], properties['error.message']]), [['TypeError', 'cart is broken']], 'browser: exception');
    same(new Set(events.map((event) => event.session.id)), new Set([session]), 'browser: one session, its own');
    same(events.filter((event) => /\/ingest\/(?:e|s|flags|array)\//.test(JSON.stringify(event.properties))).length, 0, 'browser: its own requests to us are no events');
    same(proxy.log.filter(({ status }) => status >= 400).map(({ path, status }) => `${path} ${status}`), [], 'browser: nothing is refused');
    same(complaints.filter((text) => !/cart is broken/.test(text)), [], 'browser: the browser has nothing to complain of');

    await close();
    let replay;

    for (const end = Date.now() + 60000; Date.now() < end;) {
      replay = await readReplay(project, session);
      if (replay.events.some(({ type }) => type === 2) && replay.events.some(({ type, data }) => type === 3 && data.source === 2)) break;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const full = replay.events.find(({ type }) => type === 2);

    console.log(`# replay: ${replay.chunks.length} chunks, ${replay.events.length} events, ${replay.chunks.reduce((sum, { byteCount }) => sum + byteCount, 0)} bytes`);
    ok(full !== undefined, 'replay: a full snapshot is kept');
    ok(/Buy now/.test(textOf(full.data.node)), 'replay: with the nodes of the page', JSON.stringify(full.data).slice(0, 300));
    ok(replay.events.every(({ cv, data }) => cv === undefined && typeof data === 'object'), 'replay: nothing in it is packed any more');
    ok(replay.events.some(({ type, data }) => type === 3 && data.source === 2), 'replay: and what was clicked');
    ok(replay.chunks.every(({ startedAt, endedAt, windowId }) => startedAt <= endedAt && windowId), 'replay: each chunk with its times and window');
  } finally {
    await browser.close();
    await shop.stop();
  }
}

try {
  for (const mode of ['v0', 'v1']) await tryNode(mode);
  if (HAVE_BROWSER) await tryBrowser();
} catch (error) {
  fail(error, server);
} finally {
  await proxy.stop();
  await server.stop();
}
done();
process.exit();

/* Starts GraphiQL on this server's own API. A token comes as ?key=… and stands in the Headers tab from then on. */
(async function () {
  'use strict';

  const root = document.getElementById('graphiql');
  const place = new URL(location.href);
  const key = place.searchParams.get('key');

  /* For the style sheet that its dialogs make: see the page's Content-Security-Policy. */
  window.__webpack_nonce__ = root.dataset.nonce;
  if (key !== null) { // so that it is not in the history, nor in a link that is shared
    place.searchParams.delete('key');
    history.replaceState(null, '', place);
  }

  async function* read(response) {
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';

    for (;;) {
      const { value, done } = await reader.read();

      if (done) return;
      text += value;
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const lines = text.slice(0, end).split('\n');
        const data = lines.filter((line) => line.startsWith('data:')).map((line) => line.slice(5)).join('\n').trim();

        text = text.slice(end + 2);
        if (lines.includes('event: complete')) return;
        if (data !== '') yield JSON.parse(data);
      }
    }
  }

  /* Ends at once when GraphiQL stops it, also while it waits for an event. */
  function events(response, controller) {
    const inner = read(response);

    return {
      [Symbol.asyncIterator]() { return this; },
      next: () => inner.next().catch((error) => (
        controller.signal.aborted ? { value: undefined, done: true } : { value: lost(error), done: false })),
      return: () => {
        controller.abort();
        return Promise.resolve({ value: undefined, done: true });
      },
    };
  }

  /* As a response, for GraphiQL would show what is thrown with its stack. */
  function failure(message) {
    return { errors: [{ message }] };
  }

  function lost(error) {
    return failure(`No answer from ${location.origin} (${error.message}). Is productgraphd running? Then run it again.`);
  }

  function isSubscription(parameters, options) {
    const operations = ((options && options.documentAST && options.documentAST.definitions) || []).filter(({ kind }) => kind === 'OperationDefinition');
    const named = operations.find(({ name }) => name && name.value === parameters.operationName);

    return (named || operations[0] || {}).operation === 'subscription';
  }

  async function fetcher(parameters, options) {
    const controller = new AbortController();
    let response;

    try {
      response = await fetch('/graphql', {
        method: 'POST',
        signal: controller.signal,
        headers: {
          'Content-Type': 'application/json',
          Accept: isSubscription(parameters, options) ? 'text/event-stream' : 'application/graphql-response+json, application/json;q=0.9',
          ...(key ? { Authorization: `Bearer ${key}` } : {}),
          ...((options && options.headers) || {}),
        },
        body: JSON.stringify(parameters),
      });
    } catch (error) {
      return lost(error);
    }
    const type = response.headers.get('Content-Type') || '';

    if (type.startsWith('text/event-stream')) return events(response, controller);
    if (type.includes('json')) return response.json();
    return failure(`${location.origin} answered ${response.status} ${response.statusText}: ${(await response.text()).slice(0, 500)}`);
  }

  const element = React.createElement;

  try {
    const examples = await (await fetch('/graphiql/examples.json')).json();

    ReactDOM.createRoot(root).render(
      element(GraphiQL, {
        fetcher, schemaDescription: true, inputValueDeprecation: true, defaultTabs: examples, defaultEditorToolsVisibility: 'variables',
        defaultHeaders: key ? JSON.stringify({ Authorization: `Bearer ${key}` }, null, 2) : undefined,
      }, element(GraphiQL.Logo, null, element('img', { src: '/graphiql/icon.svg', alt: '' }), 'ProductGraph')));
  } catch (error) {
    root.innerHTML = '<p class="notice"></p>';
    root.firstChild.textContent = `GraphiQL could not start: ${error.message}. Load the page again when the server runs.`;
  }
})();

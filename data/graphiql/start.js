/* Starts GraphiQL on this server's own API. A token comes as ?key=… and is sent as a header from then on. */
(async function () {
  'use strict';

  const key = new URLSearchParams(location.search).get('key');
  const examples = await (await fetch('/graphiql/examples.json')).json();

  async function* events(response) {
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

  async function fetcher(parameters, options) {
    const response = await fetch('/graphql', {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Accept: /^\s*subscription\b/m.test(parameters.query) ? 'text/event-stream' : 'application/graphql-response+json, application/json;q=0.9',
        ...(key ? { Authorization: `Bearer ${key}` } : {}),
        ...((options && options.headers) || {}),
      },
      body: JSON.stringify(parameters),
    });

    return (response.headers.get('Content-Type') || '').startsWith('text/event-stream') ? events(response) : response.json();
  }

  ReactDOM.createRoot(document.getElementById('graphiql')).render(
    React.createElement(GraphiQL, { fetcher, defaultTabs: examples, defaultEditorToolsVisibility: false }));
})();

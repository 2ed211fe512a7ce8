// PostHog's client for the browser, with only api_host changed. Headless browsers are robots to it unless it is told otherwise.
import posthog from 'posthog-js';

const { collector, project } = globalThis.settings;

globalThis.posthog = posthog;
posthog.init(project, { api_host: collector, opt_out_useragent_filter: true, person_profiles: 'always', request_batching: true });

// Which runs count, and what the figures say of the goals of the canvas.
export const QUIET_CORES = 0.2; // what others may use in a phase
export const MAX_TRIES = 4;     // the run, and three more

const isQuiet = ({ phases }) => Object.values(phases).every(({ othersCores }) => othersCores <= QUIET_CORES);

// Runs @run until others were quiet, whatever its figures say. The last one counts, with `tries`, and `noisy` when they never were.
export const runQuietly = async (run) => {
  for (let tries = 1; ; tries++) {
    const result = await run();
    const noisy = !isQuiet(result);
    if (!noisy || tries === MAX_TRIES)
      return { ...result, tries, noisy };
  }
};

const ours = (n, phase, figure, most, unit = 'ms') => ({ name: `app ${phase ?? ''} ${figure} at ${n}`.replace(/ +/g, ' '), n, phase, figure, most, unit });

// How many times as much React Flow needs, with its culling.
const ratio = (phase, figure, least) => ({ name: `React Flow to app ${phase ?? ''} ${figure} at 5000`.replace(/ +/g, ' '), n: 5000, phase, figure, least,
  unit: 'times' });

// "To reach" of the canvas, as far as one run of the two programs can show it.
export const GOALS = [
  ...[10000, 50000].flatMap((n) => [
    ...['pan100', 'pan25'].flatMap((phase) => [ours(n, phase, 'mainCpuP50', 4.5), ours(n, phase, 'mainCpuP99', 9)]),
    ours(n, 'zoom', 'mainCpuP50', 7), ours(n, 'zoom', 'mainCpuP99', 12),
    ours(n, 'pan100', 'stale', 0.01, 'share'), ours(n, 'zoom', 'stale', 0.1, 'share'),
    ours(n, null, 'ownFirstMs', n === 10000 ? 200 : 250), ours(n, null, 'anonymousMb', 300, 'MB'), // of its X server, too
  ]),
  ours(10000, 'pan100', 'missedShare', 0.01, 'share'), ours(10000, 'zoom', 'missedShare', 0.01, 'share'),
  ratio('pan100', 'cpuMsPerFrame', 8), ratio('pan100', 'intervalP95', 4),
  ...['zoom', 'pan25', 'fit'].map((phase) => ratio(phase, 'intervalP95', 10)),
  ratio(null, 'firstMs', 5),
];

const measure = (rounds, { phase, figure, least }, get) => {
  const app = get(rounds.ours, phase, figure);
  if (least === undefined)
    return app;
  const flow = get(rounds.culled, phase, figure);
  return app === undefined || flow === undefined ? undefined : flow / app;
};

// Each goal with its value, or undefined when the run did not measure it, and whether a round behind it was noisy.
export const judgeGoals = (results, get, goals = GOALS) => goals.map((goal) => {
  const rounds = results[goal.n];
  const value = rounds && measure(rounds, goal, get);
  const behind = rounds ? [...rounds.ours, ...(goal.least === undefined ? [] : rounds.culled)] : [];
  const measured = Number.isFinite(value);
  return { ...goal, value: measured ? value : undefined, noisy: behind.some(({ noisy }) => noisy),
    verdict: !measured ? 'not measured' : (goal.least === undefined ? value <= goal.most : value >= goal.least) ? 'met' : 'not met' };
});

// What decides: ratios of one run. What was not measured is not kept.
export const isKept = ({ least, verdict }) => least === undefined || verdict === 'met';

export const describeGoal = ({ name, value, most, least, unit, verdict, noisy }) => {
  const wanted = least === undefined ? `at most ${most}` : `at least ${least}`;
  return `goal: ${name}: ${value === undefined ? '-' : value.toFixed(unit === 'share' ? 4 : 2)} ${unit}, ${wanted}: ${verdict}${noisy ? ', noisy' : ''}`;
};

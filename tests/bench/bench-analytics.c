#include "config.h"
#include "analytics/pdg-flow.h"
#include "analytics/pdg-funnel.h"
#include "analytics/pdg-part-merge.h"
#include "analytics/pdg-retention.h"
#include "analytics/pdg-trends.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Parts and reports over made-up events in memory: 200,000 actors, 1 M sessions, 90 days at 10 M events, pages by Zipf's law. CPU time of the
 * one thread; the ratio is to a plain row-by-row scan in C over the same rows, sorted by actor and time. usage: bench-analytics [MILLIONS...] */

#define N_DAYS 90
#define FIRST_DAY 20600
#define N_PAGES 300
#define N_TYPES 13
#define N_STEPS 5
#define N_WEEKS 12
#define ROUNDS 5
#define DAY_MS ((gint64) PDG_MS_PER_DAY)

typedef struct
{
  guint64 state;
  double pages[N_PAGES]; /* cumulated */
  GArray *days[N_DAYS];  /* of PdgPartRow, as they arrive */
  GArray *rows;          /* all, sorted */
  gsize n_events;
} World;

static gint64
cpu_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (gint64) now.tv_sec * 1000000000 + now.tv_nsec;
}

/* xorshift64* (S. Vigna, 2016) */
static guint64
draw (World *world)
{
  world->state ^= world->state >> 12;
  world->state ^= world->state << 25;
  world->state ^= world->state >> 27;
  return world->state * G_GUINT64_CONSTANT (2685821657736338717);
}

static guint32
draw_below (World *world, guint32 n)
{
  return (guint32) (((draw (world) >> 32) * n) >> 32);
}

static guint32
draw_page (World *world)
{
  double at = (double) (draw (world) >> 11) / 9007199254740992.0 * world->pages[N_PAGES - 1];
  guint32 low = 0, high = N_PAGES - 1;

  while (low < high)
    {
      guint32 middle = (low + high) / 2;

      if (world->pages[middle] < at)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

static void
make_session (World *world, guint32 session, guint32 n_actors)
{
  PdgPartRow row = { FIRST_DAY * DAY_MS + draw_below (world, N_DAYS) * DAY_MS + draw_below (world, PDG_MS_PER_DAY), draw_below (world, n_actors), session, 0 };
  guint32 page = draw_page (world);

  do
    {
      gint64 day = row.ts_ms / DAY_MS - FIRST_DAY;

      if (day >= N_DAYS)
        return;
      if (draw_below (world, 3) == 0)
        page = draw_page (world);
      row.key = page * N_TYPES + draw_below (world, N_TYPES);
      g_array_append_val (world->days[day], row);
      world->n_events++;
      row.ts_ms += 200 + draw_below (world, 40000);
    }
  while (draw_below (world, 10) != 0);
}

static int
compare_rows (gconstpointer a, gconstpointer b)
{
  const PdgPartRow *x = a, *y = b;

  if (x->actor != y->actor)
    return x->actor < y->actor ? -1 : 1;
  return x->ts_ms < y->ts_ms ? -1 : x->ts_ms > y->ts_ms;
}

static void
make_world (World *world, guint millions)
{
  double sum = 0;

  *world = (World) { .state = 88172645463325252 };
  for (guint i = 0; i < N_PAGES; i++)
    world->pages[i] = sum += 1.0 / (i + 1);
  for (guint d = 0; d < N_DAYS; d++)
    world->days[d] = g_array_new (FALSE, FALSE, sizeof (PdgPartRow));
  for (guint32 s = 0; s < millions * 100000; s++)
    make_session (world, s, millions * 20000);
  world->rows = g_array_new (FALSE, FALSE, sizeof (PdgPartRow));
  for (guint d = 0; d < N_DAYS; d++)
    g_array_append_vals (world->rows, world->days[d]->data, world->days[d]->len);
  qsort (world->rows->data, world->rows->len, sizeof (PdgPartRow), compare_rows);
}

static void
world_clear (World *world)
{
  for (guint d = 0; d < N_DAYS; d++)
    g_array_unref (world->days[d]);
  g_array_unref (world->rows);
}

/* The same funnel, row by row. */
static void
scan_rows (const World *world, const PdgFunnelOptions *options, guint64 counts[N_STEPS])
{
  const PdgPartRow *rows = (const PdgPartRow *) (const void *) world->rows->data;
  gint64 starts[N_STEPS] = { 0 };
  guint depth = 0;

  memset (counts, 0, N_STEPS * sizeof (guint64));
  for (gsize i = 0; i <= world->rows->len; i++)
    {
      guint32 mask;

      if (i == 0 || i == world->rows->len || rows[i].actor != rows[i - 1].actor)
        {
          for (guint k = 0; k < depth; k++)
            counts[k]++;
          for (guint k = 0; k < N_STEPS; k++)
            starts[k] = G_MININT64 / 2;
          depth = 0;
        }
      if (i == world->rows->len)
        break;
      mask = options->key_masks[rows[i].key];
      for (guint k = N_STEPS; k-- > 0;)
        if ((mask & PDG_FUNNEL_STEP (k)) != 0)
          {
            gint64 start = k == 0 ? rows[i].ts_ms : starts[k - 1];

            if (rows[i].ts_ms - start <= options->window_ms)
              {
                starts[k] = start;
                depth = MAX (depth, k + 1);
              }
          }
    }
}

static double
median_ms (gint64 *ns)
{
  for (guint i = 1; i < ROUNDS; i++)
    for (guint j = i; j > 0 && ns[j - 1] > ns[j]; j--)
      {
        gint64 swap = ns[j];

        ns[j] = ns[j - 1];
        ns[j - 1] = swap;
      }
  return (double) ns[ROUNDS / 2] / 1e6;
}

static void
bench_funnel (const World *world, const PdgScan *scan, guint millions)
{
  guint32 masks[N_PAGES * N_TYPES] = { 0 };
  PdgFunnelOptions options = { .key_masks = masks, .n_keys = G_N_ELEMENTS (masks), .n_steps = N_STEPS, .window_ms = DAY_MS,
                               .from_ms = FIRST_DAY * DAY_MS, .to_ms = (FIRST_DAY + N_DAYS) * DAY_MS, .now_ms = (FIRST_DAY + N_DAYS) * DAY_MS };
  gint64 ours[ROUNDS], plain[ROUNDS];
  guint64 counts[N_STEPS];
  double ms, plain_ms;

  /* The five most visited pages, 8 types of 13: 22 % of the events. */
  for (guint k = 0; k < N_STEPS; k++)
    {
      options.steps[k].window_ms = PDG_FUNNEL_NO_WINDOW;
      for (guint t = 0; t < 8; t++)
        masks[k * N_TYPES + t] = PDG_FUNNEL_STEP (k);
    }
  for (guint round = 0; round < ROUNDS; round++)
    {
      g_autoptr (PdgFunnelResult) result = NULL;
      g_autoptr (GArray) rows = NULL;
      gint64 start = cpu_ns ();

      result = pdg_funnel_run (scan, &options, 0, G_MAXUINT64);
      ours[round] = cpu_ns () - start;
      start = cpu_ns ();
      scan_rows (world, &options, counts);
      plain[round] = cpu_ns () - start;
      rows = pdg_funnel_result_list_rows (result, 0);
      for (guint k = 0; k < N_STEPS; k++)
        g_assert_cmpuint (g_array_index (rows, PdgFunnelRow, 0).counts[k], ==, counts[k]);
    }
  ms = median_ms (ours);
  plain_ms = median_ms (plain);
  g_print ("funnel-90d-%uM %.2f ms %.3f of a plain scan (%.1f ms); %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT " actors\n", millions, ms,
           ms / plain_ms, plain_ms, counts[0], counts[N_STEPS - 1]);
}

/* The same retention, row by row: of each actor the weeks in which it was there. */
static void
scan_weeks (const World *world, const gint64 *edges, guint64 counts[N_WEEKS][N_WEEKS])
{
  const PdgPartRow *rows = (const PdgPartRow *) (const void *) world->rows->data;
  guint32 weeks = 0;

  memset (counts, 0, N_WEEKS * sizeof (counts[0]));
  for (gsize i = 0; i <= world->rows->len; i++)
    {
      if (i == world->rows->len || (i > 0 && rows[i].actor != rows[i - 1].actor))
        {
          for (guint c = 0; c < N_WEEKS; c++)
            for (guint k = 0; (weeks >> c & 1) != 0 && c + k < N_WEEKS; k++)
              counts[c][k] += weeks >> (c + k) & 1;
          weeks = 0;
        }
      if (i < world->rows->len && rows[i].ts_ms < edges[N_WEEKS])
        weeks |= 1u << ((rows[i].ts_ms - edges[0]) / (7 * DAY_MS));
    }
}

static gint64
time_retention (const PdgScan *scan, const PdgRetentionOptions *options, guint64 counts[N_WEEKS][N_WEEKS])
{
  gint64 start = cpu_ns (), ns;
  g_autoptr (PdgRetentionResult) result = pdg_retention_run (scan, options, 0, G_MAXUINT64);
  g_autoptr (GPtrArray) rows = NULL;

  ns = cpu_ns () - start;
  rows = pdg_retention_result_list_rows (result, 0);
  for (guint c = 0; c < N_WEEKS; c++)
    for (guint k = 0; c + k < N_WEEKS; k++)
      g_assert_cmpuint (((PdgRetentionRow *) rows->pdata[0])->cells[c * N_WEEKS + k].actors, ==, counts[c][k]);
  return ns;
}

static void
bench_retention (const World *world, const PdgScan *scan, guint millions)
{
  guint32 masks[N_PAGES * N_TYPES];
  gint64 edges[2 * N_WEEKS];
  gint64 ours[3][ROUNDS], plain[ROUNDS];
  guint64 counts[N_WEEKS][N_WEEKS];
  static const char *const names[] = { "", "-by-key", "-any-options" };
  double plain_ms;

  for (guint i = 0; i < G_N_ELEMENTS (masks); i++)
    masks[i] = PDG_RETENTION_START | PDG_RETENTION_RETURN;
  for (guint i = 0; i < G_N_ELEMENTS (edges); i++)
    edges[i] = (FIRST_DAY + 7 * (gint64) i) * DAY_MS;
  for (guint round = 0; round < ROUNDS; round++)
    {
      PdgRetentionOptions options = { .edges = edges, .n_buckets = 2 * N_WEEKS - 1, .n_cohorts = N_WEEKS, .n_intervals = N_WEEKS,
                                      .every_event = PDG_RETENTION_START | PDG_RETENTION_RETURN };
      gint64 start = cpu_ns ();

      scan_weeks (world, edges, counts);
      plain[round] = cpu_ns () - start;
      ours[0][round] = time_retention (scan, &options, counts);
      options.every_event = 0;
      options.key_masks = masks;
      options.n_keys = G_N_ELEMENTS (masks);
      ours[1][round] = time_retention (scan, &options, counts);
      options.key_amounts = (const gint64[N_PAGES * N_TYPES]) { 0 };
      ours[2][round] = time_retention (scan, &options, counts);
    }
  plain_ms = median_ms (plain);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      double ms = median_ms (ours[i]);

      g_print ("retention-12w%s-%uM %.2f ms %.3f of a plain scan (%.1f ms)\n", names[i], millions, ms, ms / plain_ms, plain_ms);
    }
}

/* The same daily uniques by type, row by row: the types of each actor on each day. */
static void
scan_days (const World *world, guint64 events[N_DAYS][N_TYPES], guint64 actors[N_DAYS][N_TYPES], guint64 totals[N_TYPES])
{
  const PdgPartRow *rows = (const PdgPartRow *) (const void *) world->rows->data;
  guint32 seen = 0, ever = 0;

  memset (events, 0, N_DAYS * sizeof (events[0]));
  memset (actors, 0, N_DAYS * sizeof (actors[0]));
  memset (totals, 0, N_TYPES * sizeof (totals[0]));
  for (gsize i = 0; i < world->rows->len; i++)
    {
      gint64 day = rows[i].ts_ms / DAY_MS - FIRST_DAY;
      guint32 type = rows[i].key % N_TYPES, bit = 1u << type;

      if (i > 0 && (rows[i].actor != rows[i - 1].actor || rows[i - 1].ts_ms / DAY_MS - FIRST_DAY != day))
        seen = 0;
      if (i > 0 && rows[i].actor != rows[i - 1].actor)
        ever = 0;
      events[day][type]++;
      actors[day][type] += (seen & bit) == 0;
      totals[type] += (ever & bit) == 0;
      seen |= bit;
      ever |= bit;
    }
}

static gint64
time_trends (const PdgScan *scan, const PdgTrendsOptions *options, guint64 events[N_DAYS][N_TYPES], guint64 actors[N_DAYS][N_TYPES],
             guint64 totals[N_TYPES])
{
  gint64 start = cpu_ns (), ns;
  g_autoptr (PdgTrendsResult) result = pdg_trends_run (scan, options, 0, G_MAXUINT64);
  g_autoptr (GPtrArray) rows = NULL;

  ns = cpu_ns () - start;
  rows = pdg_trends_result_list_rows (result);
  g_assert_cmpuint (rows->len, ==, N_TYPES);
  for (guint i = 0; i < rows->len; i++)
    {
      const PdgTrendsRow *row = rows->pdata[i];

      for (guint day = 0; day < N_DAYS; day++)
        {
          g_assert_cmpuint (row->cells[day].events, ==, events[day][row->value - 1]);
          g_assert_cmpuint (row->cells[day].actors, ==, actors[day][row->value - 1]);
        }
      g_assert_cmpuint (row->cells[N_DAYS].actors, ==, totals[row->value - 1]);
    }
  return ns;
}

static void
bench_trends (const World *world, const PdgScan *scan, guint millions)
{
  guint32 types[N_PAGES * N_TYPES];
  gint64 edges[N_DAYS + 1], ours[2][ROUNDS], plain[ROUNDS];
  static guint64 events[N_DAYS][N_TYPES], actors[N_DAYS][N_TYPES], totals[N_TYPES];
  static const char *const names[] = { "", "-and-sessions" };
  double plain_ms;

  for (guint32 i = 0; i < G_N_ELEMENTS (types); i++)
    types[i] = i % N_TYPES + 1;
  for (guint i = 0; i <= N_DAYS; i++)
    edges[i] = (FIRST_DAY + (gint64) i) * DAY_MS;
  for (guint round = 0; round < ROUNDS; round++)
    {
      PdgTrendsOptions options = { .edges = edges, .n_buckets = N_DAYS, .breakdown = { PDG_PROPERTY_OF_KEY, G_N_ELEMENTS (types), types } };
      gint64 start = cpu_ns ();

      scan_days (world, events, actors, totals);
      plain[round] = cpu_ns () - start;
      ours[0][round] = time_trends (scan, &options, events, actors, totals);
      options.measures = PDG_TRENDS_SESSIONS;
      ours[1][round] = time_trends (scan, &options, events, actors, totals);
    }
  plain_ms = median_ms (plain);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      double ms = median_ms (ours[i]);

      g_print ("trends-daily-by-type%s-%uM %.2f ms %.3f of a plain scan (%.1f ms)\n", names[i], millions, ms, ms / plain_ms, plain_ms);
    }
}

/* What the plain scan knows of a session. */
typedef struct
{
  gint64 began;
  guint32 page; /* + 1 */
} Carry;

/* The same graph, row by row, with an array of all sessions. */
static void
scan_graph (const World *world, Carry *sessions, guint32 n_sessions, guint64 (*counts)[N_PAGES + 1], guint64 (*dwells)[N_PAGES + 1])
{
  const PdgPartRow *rows = (const PdgPartRow *) (const void *) world->rows->data;

  memset (sessions, 0, n_sessions * sizeof (Carry));
  memset (counts, 0, (N_PAGES + 1) * sizeof (counts[0]));
  memset (dwells, 0, (N_PAGES + 1) * sizeof (dwells[0]));
  for (gsize i = 0; i < world->rows->len; i++)
    {
      guint32 page = rows[i].key / N_TYPES + 1;
      Carry *carry = &sessions[rows[i].session];

      if (carry->page == page)
        continue;
      counts[carry->page][page]++;
      dwells[carry->page][page] += carry->page > 0 ? (guint64) (rows[i].ts_ms - carry->began) : 0;
      *carry = (Carry) { rows[i].ts_ms, page };
    }
}

static gint64
time_graph (const PdgScan *scan, const PdgFlowOptions *options, guint64 (*counts)[N_PAGES + 1], guint64 (*dwells)[N_PAGES + 1])
{
  gint64 start = cpu_ns (), ns;
  g_autoptr (PdgFlowResult) result = pdg_flow_run (scan, options, 0, G_MAXUINT64);
  g_autoptr (GArray) edges = NULL;
  guint64 n = 0;

  ns = cpu_ns () - start;
  edges = pdg_flow_result_list_edges (result, 0);
  for (guint i = 0; i < edges->len; i++)
    {
      const PdgFlowEdge *edge = &g_array_index (edges, PdgFlowEdge, i);

      g_assert_cmpuint (edge->count, ==, counts[edge->from][edge->to]);
      g_assert_cmpuint (edge->dwell_ms, ==, dwells[edge->from][edge->to]);
    }
  for (guint page = 1; page <= N_PAGES; page++)
    {
      g_assert_cmpuint (pdg_flow_result_get_screens (result)[page].entries, ==, counts[0][page]);
      for (guint to = 1; to <= N_PAGES; to++)
        n += counts[page][to] > 0;
    }
  g_assert_cmpuint (edges->len, ==, n);
  return ns;
}

static void
bench_graph (const World *world, const PdgScan *scan, guint millions)
{
  guint32 screens[N_PAGES * N_TYPES];
  gint64 ours[2][ROUNDS], plain[ROUNDS];
  g_autofree Carry *sessions = g_new (Carry, millions * 100000);
  g_autofree guint64 (*counts)[N_PAGES + 1] = g_malloc ((N_PAGES + 1) * sizeof (*counts));
  g_autofree guint64 (*dwells)[N_PAGES + 1] = g_malloc ((N_PAGES + 1) * sizeof (*dwells));
  PdgFilter *every = NULL;
  g_autoptr (PdgMasks) masks = pdg_masks_new (&every, 1, G_N_ELEMENTS (screens), NULL);
  PdgFlowOptions options = { .masks = masks, .key_screens = screens, .n_keys = G_N_ELEMENTS (screens), .n_screens = N_PAGES,
                             .from_ms = FIRST_DAY * DAY_MS, .to_ms = (FIRST_DAY + N_DAYS) * DAY_MS };
  static const char *const names[] = { "", "-units-and-medians" };
  double plain_ms;

  for (guint32 i = 0; i < G_N_ELEMENTS (screens); i++)
    screens[i] = i / N_TYPES + 1;
  for (guint round = 0; round < ROUNDS; round++)
    {
      gint64 start = cpu_ns ();

      scan_graph (world, sessions, millions * 100000, counts, dwells);
      plain[round] = cpu_ns () - start;
      options.units = FALSE;
      ours[0][round] = time_graph (scan, &options, counts, dwells);
      options.units = TRUE;
      ours[1][round] = time_graph (scan, &options, counts, dwells);
    }
  plain_ms = median_ms (plain);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      double ms = median_ms (ours[i]);

      g_print ("journey-graph%s-%uM %.2f ms %.3f of a plain scan (%.1f ms)\n", names[i], millions, ms, ms / plain_ms, plain_ms);
    }
}

static void
bench_world (guint millions)
{
  World world;
  PdgPart *parts[N_DAYS];
  g_autoptr (PdgScan) scan = NULL;
  gint64 pack_ns = 0, open_ns = 0, merge_ns = 0;
  gsize n_bytes = 0, n_runs = 0;

  make_world (&world, millions);
  for (guint d = 0; d < N_DAYS; d++)
    {
      PdgPartId id = { 1, 2, FIRST_DAY + (gint32) d };
      const PdgPartRow *rows = (const PdgPartRow *) (const void *) world.days[d]->data;
      gsize n = world.days[d]->len, cut = n - n / 20;
      gint64 start = cpu_ns ();
      g_autoptr (GBytes) bytes = pdg_part_pack (id, rows, n), most = NULL, late = NULL, merged = NULL;
      PdgPart *two[2];

      pack_ns += cpu_ns () - start;
      start = cpu_ns ();
      parts[d] = pdg_part_open (bytes, id, NULL);
      open_ns += cpu_ns () - start;
      most = pdg_part_pack (id, rows, cut);
      late = pdg_part_pack (id, rows + cut, n - cut);
      two[0] = pdg_part_open (most, id, NULL);
      two[1] = pdg_part_open (late, id, NULL);
      start = cpu_ns ();
      merged = pdg_part_merge (two, 2, NULL);
      merge_ns += cpu_ns () - start;
      g_assert_true (g_bytes_equal (merged, bytes));
      pdg_part_unref (two[0]);
      pdg_part_unref (two[1]);
      n_bytes += g_bytes_get_size (bytes);
      n_runs += pdg_part_get_n_runs (parts[d]);
    }
  scan = pdg_scan_new (parts, N_DAYS, NULL);
  g_print ("memory-%uM %.2f bytes/event %.3f of a row (%u bytes); %.1f events a run\n", millions, (double) n_bytes / (double) world.n_events,
           (double) n_bytes / (double) world.n_events / sizeof (PdgPartRow), (guint) sizeof (PdgPartRow), (double) world.n_events / (double) n_runs);
  g_print ("pack-%uM %.1f ms %.1f ns/event\n", millions, (double) pack_ns / 1e6, (double) pack_ns / (double) world.n_events);
  g_print ("open-%uM %.1f ms %.1f ns/event\n", millions, (double) open_ns / 1e6, (double) open_ns / (double) world.n_events);
  g_print ("merge-%uM %.1f ms %.1f ns/event\n", millions, (double) merge_ns / 1e6, (double) merge_ns / (double) world.n_events);
  bench_funnel (&world, scan, millions);
  bench_retention (&world, scan, millions);
  bench_trends (&world, scan, millions);
  bench_graph (&world, scan, millions);
  for (guint d = 0; d < N_DAYS; d++)
    pdg_part_unref (parts[d]);
  world_clear (&world);
}

int
main (int argc, char **argv)
{
  if (argc == 1)
    {
      bench_world (1);
      bench_world (10);
    }
  for (int i = 1; i < argc; i++)
    bench_world ((guint) g_ascii_strtoull (argv[i], NULL, 10));
  return 0;
}

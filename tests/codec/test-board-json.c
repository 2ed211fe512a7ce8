#include "config.h"
#include "codec/pdg-board-json.h"
#include "codec/pdg-codec-error.h"

#include <math.h>
#include <string.h>

#define SCREEN                                                                                                                  \
  "{ \"id\": \"a\", \"path\": \"/\", \"name\": \"A\", \"snapshotId\": null, \"visits\": 1, \"entries\": 1, \"exits\": 1, "      \
  "\"sessions\": 1, \"errors\": 0, \"loadP75Ms\": null, \"dwellMedianMs\": null, \"x\": 0, \"y\": 0, \"column\": 0, \"row\": 0, " \
  "\"pinned\": false }"
#define BOARD(head, screens, transitions) \
  "{ " head ", \"screens\": [" screens "], \"transitions\": [" transitions "] }"
#define HEAD \
  "\"format\": \"productgraph-board\", \"version\": 1, \"project\": \"P\", \"range\": \"7d\", \"asOf\": null, \"sessions\": 1, \"events\": 1"

/* Made-up boards with hard texts and numbers, the same each time. */
static PdgBoard *
make_board (GRand *random)
{
  static const char *const texts[] = { "", "Home", "\"quoted\" \\ / \b\f\n\r\t\x01", "Größe 中文 \xf0\x9f\x9b\x92", "</script>", "a\xe2\x80\xa8" "b" };
  g_autoptr (PdgJourneyGraph) graph = pdg_journey_graph_new ();
  guint n = (guint) g_rand_int_range (random, 0, 12);
  PdgBoardPlace places[12];

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *id = g_strdup_printf ("%s-%u", texts[g_rand_int_range (random, 0, 6)], i);
      PdgJourneyScreen screen = {
        .id = id,
        .path = (char *) texts[g_rand_int_range (random, 0, 6)],
        .name = (char *) texts[g_rand_int_range (random, 0, 6)],
        .snapshot_id = g_rand_boolean (random) ? (char *) texts[g_rand_int_range (random, 0, 6)] : NULL,
        .visits = g_rand_int (random),
        .entries = g_rand_int (random),
        .exits = g_rand_int (random),
        .sessions = g_rand_int (random),
        .errors = g_rand_int (random),
        .load_p75_ms = g_rand_boolean (random) ? -1 : g_rand_double_range (random, 0, 1e5),
        .dwell_median_ms = g_rand_boolean (random) ? -1 : exp (g_rand_double_range (random, -200, 200)),
      };

      pdg_journey_graph_add_screen (graph, &screen);
      places[i] = (PdgBoardPlace) {
        g_rand_double_range (random, -1e7, 1e7), g_rand_boolean (random) ? 0.1 : -1.0 / 3, g_rand_int (random), g_rand_int (random), g_rand_boolean (random),
      };
    }
  for (guint i = 0; n > 0 && i < 3 * n; i++)
    {
      PdgJourneyTransition transition = { g_rand_int (random) % n, g_rand_int (random) % n, g_rand_int (random), i % 2 ? -1 : g_rand_double (random) };

      pdg_journey_graph_add_transition (graph, &transition);
    }
  pdg_journey_graph_set_totals (graph, g_rand_int (random), (guint64) g_rand_int (random) << 20);
  return pdg_board_new (texts[g_rand_int_range (random, 0, 6)], "30d", g_rand_boolean (random) ? 0 : 1763800000123456 + g_rand_int (random), graph, places);
}

static void
assert_same (const PdgBoard *a, const PdgBoard *b)
{
  guint n, m;
  const PdgJourneyScreen *one = pdg_journey_graph_get_screens (pdg_board_get_graph (a), &n);
  const PdgJourneyScreen *two = pdg_journey_graph_get_screens (pdg_board_get_graph (b), &m);

  g_assert_cmpstr (pdg_board_get_project (a), ==, pdg_board_get_project (b));
  g_assert_cmpstr (pdg_board_get_range (a), ==, pdg_board_get_range (b));
  g_assert_cmpint (pdg_board_get_as_of (a), ==, pdg_board_get_as_of (b));
  g_assert_cmpuint (n, ==, m);
  for (guint i = 0; i < n; i++)
    {
      g_assert_cmpstr (one[i].id, ==, two[i].id);
      g_assert_cmpstr (one[i].name, ==, two[i].name);
      g_assert_cmpstr (one[i].snapshot_id, ==, two[i].snapshot_id);
      g_assert_cmpuint (one[i].visits, ==, two[i].visits);
      g_assert_true (one[i].load_p75_ms == two[i].load_p75_ms && one[i].dwell_median_ms == two[i].dwell_median_ms);
      g_assert_true (pdg_board_get_places (a)[i].x == pdg_board_get_places (b)[i].x);
      g_assert_true (pdg_board_get_places (a)[i].y == pdg_board_get_places (b)[i].y);
      g_assert_cmpint (pdg_board_get_places (a)[i].pinned, ==, pdg_board_get_places (b)[i].pinned);
    }
}

/* Nothing is lost: what was read says the same, and is written as the same bytes. */
static void
test_round_trip (void)
{
  GRand *random = g_rand_new_with_seed (5);

  for (guint i = 0; i < 500; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (PdgBoard) board = make_board (random);
      g_autoptr (GBytes) bytes = pdg_board_json_write (board);
      g_autoptr (PdgBoard) again = pdg_board_json_read (bytes, &error);
      g_autoptr (GBytes) rewritten = NULL;

      g_assert_no_error (error);
      assert_same (board, again);
      rewritten = pdg_board_json_write (again);
      g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), g_bytes_get_data (rewritten, NULL), g_bytes_get_size (rewritten));
    }
  g_rand_free (random);
}

static const struct
{
  const char *name;
  const char *text;
  const char *message; /* a glob */
} bad[] = {
  { "nothing", "", "not JSON: *" },
  { "text", "hello", "not JSON: *at byte 0" },
  { "cut", "{ \"format\": \"productgraph-board\", \"vers", "not JSON: *" },
  { "array", "[]", "This is not the file of a board*" },
  { "another-json", "{ \"type\": \"excalidraw\", \"version\": 2 }", "This is not the file of a board*" },
  { "newer", "{ \"format\": \"productgraph-board\", \"version\": 2, \"new\": 1 }", "The file is of version 2, and this program reads version 1*" },
  { "no-version", "{ \"format\": \"productgraph-board\" }", "version must be a whole number" },
  { "unknown-member", BOARD (HEAD ", \"color\": 1", "", ""), "color is not a member of this version of the file" },
  { "missing", "{ " HEAD ", \"screens\": [] }", "transitions is missing" },
  { "twice", BOARD (HEAD ", \"range\": \"7d\"", "", ""), "range is there twice" },
  { "screens-object", "{ " HEAD ", \"screens\": {}, \"transitions\": [] }", "screens must be an array" },
  { "screen-number", BOARD (HEAD, "1", ""), "screens[0] must be an object" },
  { "screen-empty", BOARD (HEAD, "{}", ""), "screens[0].id is missing" },
  { "same-id", BOARD (HEAD, SCREEN ", " SCREEN, ""), "screens[1].id is that of another screen" },
  { "count", BOARD (HEAD, "{ \"visits\": -1 }", ""), "screens[0].visits must be a whole number*" },
  { "fraction", BOARD (HEAD, "{ \"visits\": 1.5 }", ""), "screens[0].visits must be a whole number*" },
  { "far", BOARD (HEAD, "{ \"x\": 1e9 }", ""), "screens[0].x must be a number from *" },
  { "huge", BOARD (HEAD, "{ \"x\": 1e999 }", ""), "screens[0].x must be a number from *" },
  { "load", BOARD (HEAD, "{ \"loadP75Ms\": \"1\" }", ""), "screens[0].loadP75Ms must be a number of milliseconds*" },
  { "pinned", BOARD (HEAD, "{ \"pinned\": 1 }", ""), "screens[0].pinned must be true or false" },
  { "nowhere", BOARD (HEAD, SCREEN, "{ \"from\": \"a\", \"to\": \"b\", \"count\": 1, \"dwellMedianMs\": null }"),
    "transitions[0].to is not the id of a screen in this file" },
};

static void
test_bad (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) bytes = g_bytes_new_static (bad[i].text, strlen (bad[i].text));
      g_autoptr (PdgBoard) board = pdg_board_json_read (bytes, &error);

      g_test_message ("%s: %s", bad[i].name, error != NULL ? error->message : "was read");
      g_assert_null (board);
      g_assert_true (error->domain == PDG_CODEC_ERROR);
      g_assert_true (g_pattern_match_simple (bad[i].message, error->message));
    }
}

static void
test_large (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = g_malloc0 (PDG_BOARD_MAX_BYTES + 1);
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, PDG_BOARD_MAX_BYTES + 1);

  g_assert_null (pdg_board_json_read (bytes, &error));
  g_assert_error (error, PDG_CODEC_ERROR, PDG_CODEC_ERROR_TOO_LARGE);
  g_assert_cmpstr (error->message, ==, "The file is larger than 64 MiB");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/codec/board-json/round-trip", test_round_trip);
  g_test_add_func ("/codec/board-json/bad", test_bad);
  g_test_add_func ("/codec/board-json/large", test_large);
  return g_test_run ();
}

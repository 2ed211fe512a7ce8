#include "config.h"
#include "pdg-fake-shop.h"

#include <cairo.h>

#include "base/pdg-clock.h"
#include "base/pdg-time.h"

#define N_SCREENS 14
#define END (-1)
#define MAX_STEPS 40
#define N_SESSION_ROWS 12

typedef enum
{
  PICTURE_HERO,
  PICTURE_LIST,
  PICTURE_GRID,
  PICTURE_FORM,
  PICTURE_DONE,
} Picture;

static const struct
{
  const char *path;
  const char *name;
  Picture picture;
  double red, green, blue;
  double load_ms, dwell_ms;
  int error_percent;
} screens[N_SCREENS] = {
  { "/", "Home", PICTURE_HERO, 0.93, 0.94, 1.00, 820, 14000, 0 },
  { "/search", "Search", PICTURE_LIST, 1.00, 0.95, 0.91, 640, 22000, 1 },
  { "/category/:slug", "Category", PICTURE_GRID, 0.91, 0.96, 0.99, 910, 26000, 0 },
  { "/product/:id", "Product", PICTURE_GRID, 0.91, 0.97, 0.94, 1040, 41000, 0 },
  { "/cart", "Cart", PICTURE_LIST, 0.95, 0.92, 0.99, 560, 18000, 0 },
  { "/checkout/address", "Address", PICTURE_FORM, 0.93, 0.94, 1.00, 700, 52000, 2 },
  { "/checkout/payment", "Payment", PICTURE_FORM, 0.93, 0.94, 1.00, 1240, 48000, 14 },
  { "/checkout/done", "Done", PICTURE_DONE, 1.00, 0.95, 0.91, 480, 9000, 0 },
  { "/login", "Sign in", PICTURE_FORM, 0.96, 0.96, 0.94, 390, 17000, 3 },
  { "/account", "Account", PICTURE_LIST, 0.94, 0.96, 0.92, 610, 20000, 0 },
  { "/account/orders", "Orders", PICTURE_LIST, 0.92, 0.95, 0.97, 880, 24000, 0 },
  { "/deals", "Deals of the week", PICTURE_GRID, 0.99, 0.94, 0.94, 1320, 31000, 0 },
  { "/help", "Help", PICTURE_HERO, 0.95, 0.95, 0.97, 450, 60000, 0 },
  { "/help/returns", "Returns and refunds", PICTURE_LIST, 0.97, 0.95, 0.90, 520, 74000, 0 },
};

/* From, to, weight; what is left of 100 ends the session. */
static const int ways[][3] = {
  { 0, 1, 27 },
  { 0, 2, 24 },
  { 0, 11, 11 },
  { 0, 8, 6 },
  { 0, 12, 3 },
  { 0, 3, 8 },
  { 1, 3, 62 },
  { 1, 1, 14 },
  { 1, 0, 5 },
  { 2, 3, 58 },
  { 2, 2, 12 },
  { 2, 1, 8 },
  { 3, 4, 34 },
  { 3, 3, 15 },
  { 3, 2, 12 },
  { 3, 1, 9 },
  { 4, 5, 58 },
  { 4, 3, 16 },
  { 4, 8, 6 },
  { 5, 6, 84 },
  { 5, 4, 4 },
  { 6, 7, 70 },
  { 6, 6, 4 },
  { 6, 12, 3 },
  { 7, 10, 12 },
  { 7, 0, 9 },
  { 8, 9, 62 },
  { 8, 5, 20 },
  { 9, 10, 41 },
  { 9, 0, 14 },
  { 10, 13, 18 },
  { 10, 3, 9 },
  { 11, 3, 55 },
  { 11, 0, 8 },
  { 12, 13, 46 },
  { 12, 0, 10 },
};

struct _PdgFakeShop
{
  GRand *random;
  guint visits[N_SCREENS], entries[N_SCREENS], exits[N_SCREENS], errors[N_SCREENS];
  guint moves[N_SCREENS][N_SCREENS];
  guint n_sessions;
  guint n_played_last;
};

PdgFakeShop *
pdg_fake_shop_new (void)
{
  PdgFakeShop *shop = g_new0 (PdgFakeShop, 1);

  shop->random = g_rand_new_with_seed (7);
  return shop;
}

void
pdg_fake_shop_free (PdgFakeShop *shop)
{
  g_rand_free (shop->random);
  g_free (shop);
}

static int
choose_next (PdgFakeShop *shop, int at)
{
  int roll = g_rand_int_range (shop->random, 0, 100);

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    if (ways[i][0] == at && (roll -= ways[i][2]) < 0)
      return ways[i][1];
  return END;
}

void
pdg_fake_shop_play (PdgFakeShop *shop, guint n)
{
  static const int starts[] = { 0, 0, 0, 0, 0, 0, 1, 3, 3, 11, 8, 12 };

  for (guint i = 0; i < n; i++)
    {
      int at = starts[g_rand_int_range (shop->random, 0, G_N_ELEMENTS (starts))];

      shop->entries[at]++;
      for (int step = 0; at != END; step++)
        {
          int next = step < MAX_STEPS ? choose_next (shop, at) : END;

          shop->visits[at]++;
          if (g_rand_int_range (shop->random, 0, 100) < screens[at].error_percent)
            shop->errors[at]++;
          if (next == END)
            shop->exits[at]++;
          else
            shop->moves[at][next]++;
          at = next;
        }
    }
  shop->n_sessions += n;
  shop->n_played_last = n;
}

/* ---- answers ---- */

static void
add_time (JsonBuilder *builder, const char *member, gint64 usec)
{
  char text[PDG_RFC3339_BYTES];

  pdg_time_format_rfc3339 (usec, text);
  json_builder_set_member_name (builder, member);
  json_builder_add_string_value (builder, text);
}

static void
add_int (JsonBuilder *builder, const char *member, gint64 value)
{
  json_builder_set_member_name (builder, member);
  json_builder_add_int_value (builder, value);
}

static void
add_text (JsonBuilder *builder, const char *member, const char *value)
{
  json_builder_set_member_name (builder, member);
  json_builder_add_string_value (builder, value);
}

static void
add_double (JsonBuilder *builder, const char *member, double value)
{
  json_builder_set_member_name (builder, member);
  json_builder_add_double_value (builder, value);
}

static char *
end_answer (JsonBuilder *builder)
{
  g_autoptr (JsonNode) root = json_builder_get_root (builder);

  return json_to_string (root, FALSE);
}

static int
compare_visits (gconstpointer a, gconstpointer b, gpointer user_data)
{
  PdgFakeShop *shop = user_data;
  int left = *(const int *) a, right = *(const int *) b;

  return (int) shop->visits[right] - (int) shop->visits[left];
}

static void
add_screens (PdgFakeShop *shop, JsonBuilder *builder)
{
  int order[N_SCREENS];

  for (int i = 0; i < N_SCREENS; i++)
    order[i] = i;
  g_qsort_with_data (order, N_SCREENS, sizeof order[0], compare_visits, shop);
  json_builder_set_member_name (builder, "screens");
  json_builder_begin_array (builder);
  for (guint k = 0; k < N_SCREENS; k++)
    {
      int i = order[k];
      g_autofree char *id = g_strdup_printf ("s%d", i);

      if (shop->visits[i] == 0)
        continue;
      json_builder_begin_object (builder);
      add_text (builder, "id", id);
      add_text (builder, "path", screens[i].path);
      add_text (builder, "name", screens[i].name);
      add_int (builder, "visits", shop->visits[i]);
      add_int (builder, "entries", shop->entries[i]);
      add_int (builder, "exits", shop->exits[i]);
      add_int (builder, "sessionCount", shop->visits[i]);
      add_int (builder, "errors", shop->errors[i]);
      add_double (builder, "loadP75Ms", screens[i].load_ms);
      add_double (builder, "dwellMedianMs", screens[i].dwell_ms);
      add_text (builder, "snapshotId", id);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
add_transitions (PdgFakeShop *shop, JsonBuilder *builder)
{
  json_builder_set_member_name (builder, "transitions");
  json_builder_begin_array (builder);
  for (int from = 0; from < N_SCREENS; from++)
    for (int to = 0; to < N_SCREENS; to++)
      {
        g_autofree char *from_id = g_strdup_printf ("s%d", from);
        g_autofree char *to_id = g_strdup_printf ("s%d", to);

        if (shop->moves[from][to] == 0)
          continue;
        json_builder_begin_object (builder);
        add_text (builder, "from", from_id);
        add_text (builder, "to", to_id);
        add_int (builder, "count", shop->moves[from][to]);
        add_double (builder, "dwellMedianMs", screens[from].dwell_ms * 0.9);
        json_builder_end_object (builder);
      }
  json_builder_end_array (builder);
}

static void
add_activity (PdgFakeShop *shop, JsonBuilder *builder, gint64 now_usec)
{
  if (shop->n_sessions > 0)
    add_time (builder, "newestEventAt", now_usec - (shop->n_sessions & 1023));
  json_builder_set_member_name (builder, "live");
  json_builder_begin_object (builder);
  add_int (builder, "eventsPerMinute", shop->n_sessions > 0 ? 42 : 0);
  add_int (builder, "activeSessions", shop->n_sessions > 0 ? 9 : 0);
  add_time (builder, "asOf", now_usec);
  json_builder_end_object (builder);
}

static char *
answer_graph (JsonNode *variables, gpointer user_data)
{
  PdgFakeShop *shop = user_data;
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  gint64 now_usec = pdg_clock_now_usec ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "data");
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "project");
  json_builder_begin_object (builder);
  add_text (builder, "id", "proj_shop");
  add_text (builder, "name", "Demo shop");
  add_activity (shop, builder, now_usec);
  json_builder_set_member_name (builder, "journeyGraph");
  json_builder_begin_object (builder);
  add_time (builder, "asOf", now_usec);
  add_int (builder, "sessionCount", shop->n_sessions);
  add_int (builder, "eventCount", (gint64) shop->n_sessions * 11);
  add_screens (shop, builder);
  add_transitions (shop, builder);
  json_builder_end_object (builder);
  json_builder_end_object (builder);
  json_builder_end_object (builder);
  json_builder_end_object (builder);
  return end_answer (builder);
}

static char *
answer_live (JsonNode *variables, gpointer user_data)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "data");
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "project");
  json_builder_begin_object (builder);
  add_activity (user_data, builder, pdg_clock_now_usec ());
  json_builder_end_object (builder);
  json_builder_end_object (builder);
  json_builder_end_object (builder);
  return end_answer (builder);
}

static char *
answer_sessions (JsonNode *variables, gpointer user_data)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  gint64 now_usec = pdg_clock_now_usec ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "data");
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "project");
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "sessions");
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "nodes");
  json_builder_begin_array (builder);
  for (int i = 0; i < N_SESSION_ROWS; i++)
    {
      g_autofree char *id = g_strdup_printf ("sess_%d", i);
      g_autofree char *actor = g_strdup_printf ("user_%d", 1042 + i * 37);
      gint64 end_usec = now_usec - (i * i + 1) * 90 * PDG_USEC_PER_SEC;

      json_builder_begin_object (builder);
      add_text (builder, "id", id);
      json_builder_set_member_name (builder, "actor");
      json_builder_begin_object (builder);
      add_text (builder, "id", actor);
      json_builder_end_object (builder);
      add_time (builder, "startedAt", end_usec - (40 + i * 61) * PDG_USEC_PER_SEC);
      add_time (builder, "endedAt", end_usec);
      add_int (builder, "pageViewCount", 1 + i % 7);
      add_int (builder, "errorCount", i % 4 == 1 ? i / 4 + 1 : 0);
      add_text (builder, "release", i % 3 == 0 ? "2.3.1" : "2.4.0");
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  json_builder_end_object (builder);
  json_builder_end_object (builder);
  json_builder_end_object (builder);
  return end_answer (builder);
}

/* What a screen is made of: the same for each, but for its picture. */
#define SCREEN_ANSWER                                                                                                          \
  "{\"data\":{\"project\":{\"screen\":{\"path\":\"/x\",\"snapshot\":{\"id\":\"7\",\"componentTree\":{\"name\":\"ShopPage\",\"bounds\":[0,0,1280,800],"  \
  "\"children\":[{\"name\":\"Header\",\"bounds\":[0,0,1280,106],\"children\":[{\"name\":\"Logo\",\"bounds\":[54,35,160,35]},"         \
  "{\"name\":\"AccountMenu\",\"bounds\":[960,35,266,35],\"props\":{\"signedIn\":true}}]},{\"name\":\"Content\",\"bounds\":"          \
  "[80,160,1100,560],\"children\":[{\"name\":\"ProductCard\",\"props\":{\"sku\":\"A-17\",\"price\":49.9}}]}]}},\"snapshots\":{\"nodes\":["  \
  "{\"id\":\"7\",\"blobId\":\"%s\",\"takenAt\":\"2026-11-22T10:00:00Z\",\"width\":1280,\"height\":800,\"viewportWidth\":1280,"          \
  "\"viewportHeight\":800,\"deviceScale\":2,\"session\":{\"id\":\"sess_1\",\"actor\":{\"id\":\"user_1042\"}}},"                        \
  "{\"id\":\"6\",\"blobId\":\"%s\",\"takenAt\":\"2026-11-21T09:30:00Z\",\"width\":1280,\"height\":800,\"viewportWidth\":null,"           \
  "\"viewportHeight\":null,\"deviceScale\":null,\"session\":null}]},\"apiCalls\":[{\"method\":\"GET\",\"route\":\"/api/products/:id\","  \
  "\"count\":1204,\"failureCount\":0,\"durationP75Ms\":240.5},{\"method\":\"POST\",\"route\":\"/api/cart/items\",\"count\":310,"         \
  "\"failureCount\":12,\"durationP75Ms\":1240},{\"method\":null,\"route\":\"/graphql\",\"count\":1,\"failureCount\":0,"                  \
  "\"durationP75Ms\":null}],\"errors\":[{\"type\":\"ImageLoadError\",\"message\":\"A picture could not be loaded\",\"component\":"       \
  "\"Picture\",\"count\":21,\"sessionCount\":17,\"lastAt\":\"2026-11-22T09:58:00Z\"}],\"stateValues\":[{\"path\":\"cart.items\","         \
  "\"lastValue\":\"2\",\"count\":310,\"distinctCount\":6,\"lastAt\":\"2026-11-22T09:59:00Z\"},{\"path\":\"product.colour\","             \
  "\"lastValue\":\"\\\"moss\\\"\",\"count\":4,\"distinctCount\":1,\"lastAt\":\"2026-11-22T09:57:00Z\"}]},\"journeys\":{\"nodes\":["     \
  "{\"name\":\"Checkout\",\"kind\":\"OBSERVED\",\"steps\":[{\"name\":\"Cart\",\"place\":1,\"screenPath\":\"/x\"},"              \
  "{\"name\":\"Pay\",\"place\":2,\"screenPath\":null}]}]}}}}"

static char *
answer_screen (JsonNode *variables, gpointer user_data)
{
  const char *id = json_object_get_string_member (json_node_get_object (variables), "screen");

  return g_strdup_printf (SCREEN_ANSWER, id, id);
}

static char *
answer_steps (JsonNode *variables, gpointer user_data)
{
  return g_strdup ("{\"data\":{\"project\":{\"session\":{\"events\":{\"nodes\":["
                   "{\"type\":\"page.view\",\"timestamp\":\"2026-11-22T09:58:00Z\",\"screen\":{\"id\":\"s1\",\"name\":\"Home\"}},"
                   "{\"type\":\"page.leave\",\"timestamp\":\"2026-11-22T09:58:01Z\"},"
                   "{\"type\":\"ui.click\",\"timestamp\":\"2026-11-22T09:58:02Z\",\"componentName\":\"AddToCart\",\"properties\":{}},"
                   "{\"type\":\"api.response\",\"timestamp\":\"2026-11-22T09:58:03Z\",\"properties\":{\"api.method\":\"POST\","
                   "\"api.path\":\"/api/cart/items\",\"api.status_code\":502}}],\"pageInfo\":{\"hasNextPage\":true}}}}}}");
}

#define COMMENTS_ANSWER                                                                                                        \
  "{\"data\":{\"project\":{\"commentThreads\":{\"nodes\":[{\"id\":\"1\",\"screen\":{\"id\":\"s4\",\"name\":\"Cart\"},\"toScreen\":null,"        \
  "\"x\":null,\"y\":null,\"resolvedAt\":null,\"resolvedBy\":null,\"commentCount\":2,\"unreadCount\":1,\"newestComments\":["                 \
  "{\"id\":\"1\",\"author\":\"Ada\",\"isOwn\":false,\"body\":\"Why do so many leave the cart? The button is below the fold.\","          \
  "\"createdAt\":\"2026-11-22T09:00:00Z\",\"editedAt\":null},{\"id\":\"2\",\"author\":\"local\",\"isOwn\":true,"                         \
  "\"body\":\"It is, at 1280 x 800.\",\"createdAt\":\"2026-11-22T09:30:00Z\",\"editedAt\":\"2026-11-22T09:31:00Z\"}]},"                      \
  "{\"id\":\"2\",\"screen\":{\"id\":\"s4\",\"name\":\"Cart\"},\"toScreen\":null,\"x\":null,\"y\":null,"                                 \
  "\"resolvedAt\":\"2026-11-21T09:30:00Z\",\"resolvedBy\":\"Ada\",\"commentCount\":1,\"unreadCount\":0,\"newestComments\":["              \
  "{\"id\":\"3\",\"author\":\"Ada\",\"isOwn\":false,\"body\":\"Old title\",\"createdAt\":\"2026-11-20T09:00:00Z\",\"editedAt\":null}]}," \
  "{\"id\":\"3\",\"screen\":{\"id\":\"s0\",\"name\":\"Home\"},\"toScreen\":null,\"x\":null,\"y\":null,\"resolvedAt\":null,"            \
  "\"resolvedBy\":null,\"commentCount\":12,\"unreadCount\":0,\"newestComments\":[{\"id\":\"4\",\"author\":\"Ada\",\"isOwn\":false,"       \
  "\"body\":\"First impressions\",\"createdAt\":\"2026-11-20T09:00:00Z\",\"editedAt\":null}]},"                                       \
  "{\"id\":\"4\",\"screen\":null,\"toScreen\":null,\"x\":1250,\"y\":60,\"resolvedAt\":null,\"resolvedBy\":null,\"commentCount\":1,"    \
  "\"unreadCount\":0,\"newestComments\":[{\"id\":\"5\",\"author\":\"local\",\"isOwn\":true,\"body\":\"Room for the sale here?\","       \
  "\"createdAt\":\"2026-11-21T09:00:00Z\",\"editedAt\":null}]},"                                                                \
  "{\"id\":\"5\",\"screen\":{\"id\":\"s4\",\"name\":\"Cart\"},\"toScreen\":{\"id\":\"s5\",\"name\":\"Checkout\"},\"x\":null,\"y\":null,"  \
  "\"resolvedAt\":null,\"resolvedBy\":null,\"commentCount\":1,\"unreadCount\":1,\"newestComments\":[{\"id\":\"6\",\"author\":\"Ada\","   \
  "\"isOwn\":false,\"body\":\"A third leaves on this way.\",\"createdAt\":\"2026-11-22T09:40:00Z\",\"editedAt\":null}]}]}}}}"

/* ---- funnels ---- */

static const int funnel_counts[] = { 4287, 2350, 1198, 811, 640, 512, 401, 300, 240, 180, 130, 90, 70, 50, 40, 30, 20, 10, 5, 2 };

/* A funnel over the steps that are asked for, by their names; fewer and fewer reach each. */
static char *
answer_funnel (JsonNode *variables, gpointer user_data)
{
  JsonArray *steps = json_object_get_array_member (json_node_get_object (variables), "steps");
  guint n = json_array_get_length (steps);
  g_autoptr (GString) out = g_string_new ("{\"data\":{\"project\":{\"funnel\":{\"asOf\":\"2026-11-22T10:00:00Z\",");

  g_string_append_printf (out, "\"conversion\":{\"count\":%d,\"of\":4287,\"share\":%g,\"low\":0.17,\"high\":0.2},\"pendingCount\":37,"
                          "\"timeToConvert\":{\"medianMs\":205000,\"p90Ms\":900000},\"steps\":[", funnel_counts[n - 1], funnel_counts[n - 1] / 4287.0);
  for (guint i = 0; i < n; i++)
    {
      double share = funnel_counts[i] / 4287.0, half = 0.014;

      g_string_append_printf (out, "%s{\"number\":%u,\"name\":\"%s\",\"count\":%d,\"rate\":{\"count\":%d,\"of\":4287,\"share\":%g,\"low\":%g,\"high\":%g},",
                              i > 0 ? "," : "", i + 1, json_object_get_string_member (json_array_get_object_element (steps, i), "name"), funnel_counts[i],
                              funnel_counts[i], share, share - half, MIN (share + half, 1));
      if (i > 0)
        g_string_append_printf (out, "\"stepRate\":{\"count\":%d,\"of\":%d,\"share\":%g,\"low\":0,\"high\":1},\"timeFromPrevious\":{\"medianMs\":%u},",
                                funnel_counts[i], funnel_counts[i - 1], (double) funnel_counts[i] / funnel_counts[i - 1], 24000 * i);
      else
        g_string_append (out, "\"stepRate\":null,\"timeFromPrevious\":null,");
      g_string_append_printf (out, "\"stoppedCount\":%d}", i + 1 < n ? funnel_counts[i] - funnel_counts[i + 1] : 0);
    }
  g_string_append (out, "]}}}}");
  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* Two sessions behind every number. */
static char *
answer_funnel_people (JsonNode *variables, gpointer user_data)
{
  JsonObject *object = json_node_get_object (variables);
  guint n = json_array_get_length (json_object_get_array_member (object, "steps"));
  const char *field = json_object_get_boolean_member (object, "stopped") ? "stopped" : "reached";
  g_autoptr (GString) out = g_string_new ("{\"data\":{\"project\":{\"funnel\":{\"steps\":[");

  for (guint i = 0; i < n; i++)
    g_string_append_printf (out, "%s{\"%s\":{\"nodes\":[{\"id\":\"a%u\",\"actor\":{\"id\":\"user_1042\"},\"startedAt\":\"2026-11-22T09:40:00Z\","
                            "\"endedAt\":\"2026-11-22T09:52:05Z\",\"pageViewCount\":7,\"errorCount\":1,\"release\":\"3.2.0\"},{\"id\":\"b%u\",\"actor\":"
                            "{\"id\":\"user_77\"},\"startedAt\":\"2026-11-22T08:40:00Z\",\"endedAt\":\"2026-11-22T08:41:00Z\",\"pageViewCount\":2,"
                            "\"errorCount\":0,\"release\":null}]}}", i > 0 ? "," : "", field, i, i);
  g_string_append (out, "]}}}}");
  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* ---- pictures ---- */

static void
block (cairo_t *cr, double x, double y, double width, double height, double shade)
{
  cairo_set_source_rgb (cr, shade, shade, MIN (1.0, shade + 0.04));
  cairo_rectangle (cr, x, y, width, height);
  cairo_fill (cr);
}

static void
draw_body (cairo_t *cr, Picture picture)
{
  switch (picture)
    {
    case PICTURE_HERO:
      block (cr, 60, 160, 340, 40, 0.30);
      block (cr, 60, 230, 260, 24, 0.78);
      block (cr, 480, 150, 260, 300, 1.0);
      break;
    case PICTURE_LIST:
      for (int i = 0; i < 4; i++)
        {
          block (cr, 60, 130 + i * 90, 64, 64, 1.0);
          block (cr, 150, 140 + i * 90, 300, 18, 0.75);
          block (cr, 150, 172 + i * 90, 190, 14, 0.87);
        }
      break;
    case PICTURE_GRID:
      for (int i = 0; i < 6; i++)
        {
          block (cr, 60 + i % 3 * 235, 120 + i / 3 * 190, 205, 120, 1.0);
          block (cr, 60 + i % 3 * 235, 252 + i / 3 * 190, 120, 16, 0.72);
        }
      break;
    case PICTURE_FORM:
      for (int i = 0; i < 3; i++)
        block (cr, 200, 130 + i * 80, 400, 52, 1.0);
      cairo_set_source_rgb (cr, 0.23, 0.36, 0.86);
      cairo_rectangle (cr, 200, 380, 400, 56);
      cairo_fill (cr);
      break;
    case PICTURE_DONE:
      cairo_set_source_rgb (cr, 0.19, 0.62, 0.45);
      cairo_arc (cr, 400, 240, 70, 0, 2 * G_PI);
      cairo_fill (cr);
      block (cr, 260, 350, 280, 22, 0.75);
      break;
    }
}

static cairo_status_t
write_png_cb (void *closure, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

GBytes *
pdg_fake_shop_draw_picture (const char *id, int width_px)
{
  int i = (int) g_ascii_strtoll (id + 1, NULL, 10);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width_px, width_px * 5 / 8);
  cairo_t *cr = cairo_create (surface);
  GByteArray *bytes = g_byte_array_new ();

  cairo_scale (cr, width_px / 800.0, width_px / 800.0);
  cairo_set_source_rgb (cr, screens[i].red, screens[i].green, screens[i].blue);
  cairo_paint (cr);
  block (cr, 0, 0, 800, 66, 1.0);
  cairo_set_source_rgb (cr, 0.23, 0.36, 0.86);
  cairo_rectangle (cr, 34, 22, 100, 22);
  cairo_fill (cr);
  block (cr, 600, 22, 166, 22, 0.80);
  draw_body (cr, screens[i].picture);
  cairo_destroy (cr);
  cairo_surface_write_to_png_stream (surface, write_png_cb, bytes);
  cairo_surface_destroy (surface);
  return g_byte_array_free_to_bytes (bytes);
}

static GBytes *
make_picture (const char *id, int min_width, gpointer user_data)
{
  return pdg_fake_shop_draw_picture (id, min_width > 0 ? min_width : 1280);
}

void
pdg_fake_shop_attach (PdgFakeShop *shop, PdgFakeClient *client)
{
  pdg_fake_client_set_answer (client, "Projects",
                              "{\"data\":{\"projects\":{\"nodes\":["
                              "{\"id\":\"proj_demo\",\"name\":\"Demo project\",\"newestEventAt\":null},"
                              "{\"id\":\"proj_shop\",\"name\":\"Demo shop\",\"newestEventAt\":\"2026-11-22T10:00:00Z\"},"
                              "{\"id\":\"proj_app\",\"name\":\"Phone app, beta testers only\",\"newestEventAt\":null}]},"
                              "\"collector\":{\"eventsUrl\":\"http://localhost:8080/v1/events\",\"keyless\":true}}}");
  pdg_fake_client_set_answer (client, "Canvas", "{\"data\":{\"project\":{\"canvas\":{\"revision\":0,\"mayEdit\":true,\"nodes\":[]}}}}");
  pdg_fake_client_set_answer_func (client, "Graph", answer_graph, shop);
  pdg_fake_client_set_answer_func (client, "Live", answer_live, shop);
  pdg_fake_client_set_answer_func (client, "Sessions", answer_sessions, shop);
  pdg_fake_client_set_answer_func (client, "Screen", answer_screen, shop);
  pdg_fake_client_set_answer_func (client, "Funnel", answer_funnel, shop);
  pdg_fake_client_set_answer_func (client, "FunnelPeople", answer_funnel_people, shop);
  pdg_fake_client_set_answer (client, "Comments", COMMENTS_ANSWER);
  pdg_fake_client_set_answer_func (client, "Steps", answer_steps, shop);
  pdg_fake_client_set_blob_func (client, make_picture, NULL);
}

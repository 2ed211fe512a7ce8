#include "api-fixture.h"
#include "canvas/pdg-image-encode.h"
#include "picture-fixture.h"

#include <poll.h>
#include <string.h>

#define PATH "/v1/snapshots"
#define BOUNDARY "----picture"
#define FORM "Content-Type: multipart/form-data; boundary=" BOUNDARY "\r\n"

static ApiFixture *fixture;

/* A form of texts (name, value, …, NULL) and a picture. (transfer full) */
static GByteArray *
make_form (GBytes *image, const char *media_type, const char *const *texts)
{
  GByteArray *form = g_byte_array_new ();
  g_autoptr (GString) head = g_string_new (NULL);
  gsize size;
  const guint8 *data = g_bytes_get_data (image, &size);

  for (guint i = 0; texts[i] != NULL; i += 2)
    g_string_append_printf (head, "--" BOUNDARY "\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n", texts[i], texts[i + 1]);
  g_string_append (head, "--" BOUNDARY "\r\nContent-Disposition: form-data; name=\"image\"; filename=\"shot\"\r\n");
  if (media_type != NULL)
    g_string_append_printf (head, "Content-Type: %s\r\n", media_type);
  g_string_append (head, "\r\n");
  g_byte_array_append (form, (const guint8 *) head->str, (guint) head->len);
  g_byte_array_append (form, data, (guint) size);
  g_byte_array_append (form, (const guint8 *) "\r\n--" BOUNDARY "--\r\n", strlen ("\r\n--" BOUNDARY "--\r\n"));
  return form;
}

static char *
make_head (const char *headers, const GByteArray *form)
{
  return g_strdup_printf ("POST " PATH " HTTP/1.1\r\nHost: localhost\r\n%sContent-Length: %u\r\nConnection: close\r\n\r\n", headers, form->len);
}

static RawAnswer *
post (guint16 port, const char *headers, const GByteArray *form)
{
  g_autofree char *head = make_head (headers, form);
  int fd = raw_connect (port != 0 ? port : pdg_http_server_get_port (fixture->server));
  RawAnswer *answer;

  raw_try_send (fd, head, strlen (head));
  raw_try_send (fd, form->data, form->len);
  answer = raw_read (fd, FALSE);
  close (fd);
  g_assert_nonnull (answer);
  return answer;
}

static const char *const whole_form[] = {
  "project_id", "proj_demo", "page.path", "/pay/17", "session.id", "s9", "gen_ai.journey.id", "checkout", "gen_ai.journey.step.id", "pay",
  "snapshot.viewport", "1280x800", "snapshot.device_scale", "2", "snapshot.timestamp", "2026-11-01T10:00:00Z",
  "component_tree", "{\"Page\":{\"mail\":\"ann@example.com\"}}", "state", "{\"cart\":{\"items\":2}}", NULL,
};

static JsonNode *
parse (RawAnswer *answer)
{
  return json_from_string (answer->body, NULL);
}

/* What is sent is what GraphQL tells of, and the bytes come back, whole and smaller; sent again it is there already. */
static void
test_kept (void)
{
  g_autoptr (GBytes) png = picture_fixture_new_png (1280, 800, 2);
  g_autoptr (GByteArray) form = make_form (png, "image/png", whole_form);
  g_autoptr (RawAnswer) answer = post (0, FORM, form), again = post (0, FORM, form), small = NULL, whole = NULL, tiny = NULL;
  g_autoptr (RawAnswer) event = api_send (fixture, 0, "POST", "/v1/events", JSON_TYPE,
                                          "{\"events\":[{\"event_id\":\"e9\",\"project_id\":\"proj_demo\",\"session.id\":\"s9\",\"event.type\":"
                                          "\"page.view\",\"event.timestamp\":\"2026-11-01T10:00:00Z\",\"page.path\":\"/pay/17\"}]}");
  g_autoptr (JsonNode) said = NULL, response = NULL;
  g_autofree char *path = NULL, *wanted = NULL, *least = NULL, *type = NULL;
  static const struct { const char *at, *text; } rows[] = {
    { "width", "1280" }, { "height", "800" }, { "mediaType", "image/png" }, { "takenAt", "2026-11-01T10:00:00Z" }, { "journeyId", "checkout" },
    { "stepId", "pay" }, { "viewportWidth", "1280" }, { "viewportHeight", "800" }, { "deviceScale", "2" }, { "screen.path", "/pay/:id" },
    { "session.id", "s9" }, { "componentTree", "{\"Page\":{\"mail\":\"[email]\"}}" }, { "state", "{\"cart\":{\"items\":2}}" },
  };
  gsize size;
  gconstpointer data = g_bytes_get_data (png, &size);

  g_test_message ("%s %s", answer->head, answer->body);
  g_assert_cmpuint (answer->status, ==, 201);
  /* the session is one once it has an event */
  g_assert_cmpuint (event->status, ==, 202);
  g_assert_cmpuint (again->status, ==, 200);
  g_assert_nonnull (strstr (again->body, "\"duplicate\":true"));
  said = parse (answer);
  path = json_dup_at (said, "image");
  response = api_query (fixture, NULL, "{project(id:\"proj_demo\"){snapshots{nodes{width height mediaType takenAt journeyId stepId viewportWidth "
                                       "viewportHeight deviceScale url(width:300) screen{path} session{id} componentTree state}}}}", NULL);
  assert_no_errors (response);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *at = g_strconcat ("data.project.snapshots.nodes.0.", rows[i].at, NULL), *text = NULL;

      text = *rows[i].text == '{' ? json_to_string (json_at (response, at), FALSE) : json_dup_at (response, at);
      g_test_message ("%s", at);
      g_assert_cmpstr (text, ==, rows[i].text);
    }
  g_assert_cmpuint (json_array_get_length (json_node_get_array (json_at (response, "data.project.snapshots.nodes"))), ==, 1);
  wanted = json_dup_at (response, "data.project.snapshots.nodes.0.url");
  whole = api_send (fixture, 0, "GET", path, NULL, NULL);
  g_assert_cmpmem (whole->body, whole->body_len, data, size);
  small = api_send (fixture, 0, "GET", wanted, NULL, NULL);
  type = raw_header (small, "Content-Type");
  g_assert_cmpstr (type, ==, "image/webp");
  least = g_strconcat (path, "?width=1", NULL);
  tiny = api_send (fixture, 0, "GET", least, NULL, NULL);
  {
    const struct { RawAnswer *answer; int width, height; } levels[] = { { small, 320, 200 }, { tiny, 80, 50 } };

    for (guint i = 0; i < G_N_ELEMENTS (levels); i++)
      {
        g_autoptr (GBytes) bytes = g_bytes_new (levels[i].answer->body, levels[i].answer->body_len);
        PdgImageInfo info;

        g_assert_true (pdg_image_peek (bytes, &info, NULL));
        g_assert_cmpint (info.width, ==, levels[i].width);
        g_assert_cmpint (info.height, ==, levels[i].height);
      }
  }
}

/* WebP is taken, and equal bytes are stored once. */
static void
test_webp (void)
{
  static const char *const texts[] = { "project_id", "proj_demo", "page.path", "/webp", NULL };
  static const char *const others[] = { "project_id", "proj_demo", "page.path", "/webp/other", NULL };
  g_autoptr (GBytes) png = picture_fixture_new_png (640, 400, 1), webp = NULL;
  g_autoptr (GByteArray) form = NULL, other = NULL;
  g_autoptr (RawAnswer) answer = NULL, second = NULL;
  g_autoptr (PdgImage) image = pdg_image_store_decode (png, NULL);

  webp = pdg_image_encode_webp (pdg_image_get_surface (image, 640));
  form = make_form (webp, "image/webp", texts);
  other = make_form (webp, NULL, others);
  answer = post (0, FORM, form);
  second = post (0, FORM, other);
  g_assert_cmpuint (answer->status, ==, 201);
  g_assert_cmpuint (second->status, ==, 201);
  g_assert_nonnull (strstr (answer->body, "\"media_type\":\"image/webp\",\"width\":640,\"height\":400"));
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM blob WHERE media_type = 'image/webp'"), ==, 1);
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM blob_level l JOIN blob b USING (org_id, sha256) "
                                         "WHERE media_type = 'image/webp'"), ==, 2);
}

/* What is no picture, or none of theirs, is refused with the reason and leaves nothing. */
static void
test_refused (void)
{
  static const char *const texts[] = { "project_id", "proj_demo", "page.path", "/refused", NULL };
  static const char *const missing[] = { "project_id", "proj_none", "page.path", "/refused", NULL };
  static const char *const foreign[] = { "project_id", "proj_b", "page.path", "/refused", NULL };
  static const char *const no_path[] = { "project_id", "proj_demo", NULL };
  g_autoptr (GBytes) png = picture_fixture_new_png (320, 200, 0), text = g_bytes_new_static ("GIF89a", 6);
  gsize size;
  const guint8 *data = g_bytes_get_data (png, &size);
  g_autofree guint8 *bomb_data = g_memdup2 (data, size), *large_data = g_malloc0 (6 << 20);
  g_autoptr (GBytes) cut = g_bytes_new (data, size / 2), bomb = NULL, large = g_bytes_new (large_data, 6 << 20);
  g_autofree char *viewer = g_strdup_printf (FORM "Authorization: Bearer %s\r\n", fixture->viewer_a);
  g_autofree char *key_a = g_strdup_printf (FORM "X-PG-API-Key: %s\r\n", fixture->key_a);
  g_autofree char *key_b = g_strdup_printf (FORM "X-PG-API-Key: %s\r\n", fixture->key_b);
  guint16 keyed = pdg_http_server_get_port (fixture->keyed_server);

  memcpy (bomb_data + 16, "\x00\x00\x7f\x00\x00\x00\x7f\x00", 8);
  bomb = g_bytes_new (bomb_data, size);

  const struct
  {
    guint16 port;
    const char *headers;
    GBytes *image;
    const char *media_type;
    const char *const *texts;
    guint status;
    const char *word;
  } rows[] = {
    { 0, FORM, text, NULL, texts, 422, "neither" },
    { 0, FORM, cut, "image/png", texts, 422, "cannot be read" },
    { 0, FORM, bomb, "image/png", texts, 413, "32512 x 32512" },
    { 0, FORM, large, NULL, texts, 413, "5 MiB" },
    { 0, FORM, png, "image/jpeg", texts, 415, "image/png" },
    { 0, FORM, png, "image/png", missing, 404, "proj_none" },
    { 0, FORM, png, "image/png", foreign, 404, "proj_b" },
    { 0, FORM, png, "image/png", no_path, 400, "page.path" },
    { 0, "Content-Type: image/png\r\n", png, NULL, texts, 415, "multipart/form-data" },
    { 0, "Content-Type: multipart/form-data\r\n", png, NULL, texts, 400, "boundary" },
    { 0, FORM "Content-Encoding: gzip\r\n", png, NULL, texts, 415, "Content-Encoding" },
    { 0, viewer, png, "image/png", texts, 403, "ingest key" },
    { keyed, FORM, png, "image/png", texts, 401, "ingest key" },
    { keyed, key_b, png, "image/png", texts, 404, "proj_demo" },
    { keyed, key_a, png, "image/png", texts, 201, "snapshot_id" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GByteArray) form = make_form (rows[i].image, rows[i].media_type, rows[i].texts);
      g_autoptr (RawAnswer) answer = post (rows[i].port, rows[i].headers, form);

      g_test_message ("row %u: %u %s", i, answer->status, answer->body);
      g_assert_cmpuint (answer->status, ==, rows[i].status);
      g_assert_nonnull (strstr (answer->body, rows[i].word));
      g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM snapshot s JOIN screen c USING (project_id, screen_no) "
                                             "WHERE c.path LIKE '/refused%%'"), ==, rows[i].status == 201);
    }
}

#define N_AT_ONCE 40

/* While none can be stored only some wait; the others are told to come again, and nothing is lost of those that waited. */
static void
test_too_many (void)
{
  static const char *const texts[] = { "project_id", "proj_demo", "page.path", "/many", "snapshot.timestamp", "2026-11-01T10:00:00Z", NULL };
  struct pollfd polled[N_AT_ONCE];
  TableLock *lock = table_lock_new ("snapshot");
  guint n_stored = 0, n_refused = 0;

  for (guint i = 0; i < N_AT_ONCE; i++)
    {
      g_autoptr (GBytes) png = picture_fixture_new_png (100 + (int) i, 60, i);
      g_autoptr (GByteArray) form = make_form (png, "image/png", texts);
      g_autofree char *text = make_head (FORM, form);

      polled[i] = (struct pollfd) { raw_connect (pdg_http_server_get_port (fixture->server)), POLLIN, 0 };
      raw_send (polled[i].fd, text);
      raw_send_bytes (polled[i].fd, form->data, form->len);
    }
  g_assert_cmpint (poll (polled, N_AT_ONCE, 30000), >, 0); /* a refusal: no other answer comes before the lock goes */
  table_lock_free (lock);
  for (guint i = 0; i < N_AT_ONCE; i++)
    {
      g_autoptr (RawAnswer) answer = raw_read (polled[i].fd, FALSE);
      g_autofree char *after = raw_header (answer, "Retry-After");

      n_stored += answer->status == 201;
      n_refused += answer->status == 503;
      g_assert_true ((answer->status == 503) == (after != NULL));
      close (polled[i].fd);
    }
  g_test_message ("%u stored, %u refused", n_stored, n_refused);
  g_assert_cmpuint (n_refused, >, 0);
  g_assert_cmpuint (n_stored, >=, 18);
  g_assert_cmpuint (n_stored + n_refused, ==, N_AT_ONCE);
  g_assert_cmpint (fixture_owner_int ("SELECT count(*) FROM snapshot s JOIN screen c USING (project_id, screen_no) WHERE c.path = '/many'"), ==,
                   n_stored);
}

/* Another organisation sees neither the picture nor a smaller one. */
static void
test_tenancy (void)
{
  static const char *const texts[] = { "project_id", "proj_demo", "page.path", "/tenancy", NULL };
  g_autoptr (GBytes) png = picture_fixture_new_png (700, 400, 3);
  g_autoptr (GByteArray) form = make_form (png, "image/png", texts);
  g_autoptr (RawAnswer) answer = post (0, FORM, form);
  g_autoptr (JsonNode) said = parse (answer);
  g_autofree char *path = json_dup_at (said, "image"), *small = g_strconcat (path, "?width=100", NULL), *wrong = g_strconcat (path, "?width=0", NULL);
  g_autofree char *viewer_a = g_strdup_printf ("Authorization: Bearer %s\r\n", fixture->viewer_a);
  g_autofree char *viewer_b = g_strdup_printf ("Authorization: Bearer %s\r\n", fixture->viewer_b);
  const struct { const char *path, *headers; guint status; } rows[] = {
    { path, viewer_a, 200 }, { small, viewer_a, 200 }, { path, viewer_b, 404 }, { small, viewer_b, 404 }, { wrong, viewer_a, 400 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (RawAnswer) got = api_send (fixture, 0, "GET", rows[i].path, rows[i].headers, NULL);

      g_assert_cmpuint (got->status, ==, rows[i].status);
    }
}

/* An event names the picture that was taken with it. */
static void
test_event_names_one (void)
{
  g_autoptr (GBytes) png = picture_fixture_new_png (320, 200, 1);
  static const char *const texts[] = { "project_id", "proj_demo", "page.path", "/named", NULL };
  g_autoptr (GByteArray) form = make_form (png, "image/png", texts);
  g_autoptr (RawAnswer) answer = post (0, FORM, form), events = NULL;
  g_autoptr (JsonNode) said = parse (answer), response = NULL;
  g_autofree char *id = json_dup_at (said, "snapshot_id"), *other = NULL, *path = NULL;
  g_autofree char *body = g_strdup_printf ("{\"events\":["
    "{\"event_id\":\"n1\",\"project_id\":\"proj_demo\",\"session.id\":\"n\",\"event.type\":\"page.view\",\"event.timestamp\":\"2026-11-01T10:00:00Z\","
    "\"page.path\":\"/named\",\"snapshot.id\":\"%s\"},"
    "{\"event_id\":\"n2\",\"project_id\":\"proj_demo\",\"session.id\":\"n\",\"event.type\":\"ui.click\",\"event.timestamp\":\"2026-11-01T10:00:01Z\","
    "\"snapshot.id\":\"987654\"},"
    "{\"event_id\":\"n3\",\"project_id\":\"proj_demo\",\"session.id\":\"n\",\"event.type\":\"ui.click\",\"event.timestamp\":\"2026-11-01T10:00:02Z\","
    "\"snapshot.id\":\"of another program\"}]}", id);

  g_assert_cmpuint (answer->status, ==, 201);
  events = api_send (fixture, 0, "POST", "/v1/events", JSON_TYPE, body);
  g_assert_cmpuint (events->status, ==, 202);
  response = api_query (fixture, NULL, "{project(id:\"proj_demo\"){session(id:\"n\"){events{nodes{snapshot{id screen{path}}}}}}}", NULL);
  assert_no_errors (response);
  other = json_dup_at (response, "data.project.session.events.nodes.0.snapshot.id");
  path = json_dup_at (response, "data.project.session.events.nodes.0.snapshot.screen.path");
  g_assert_cmpstr (other, ==, id);
  g_assert_cmpstr (path, ==, "/named");
  g_assert_true (JSON_NODE_HOLDS_NULL (json_at (response, "data.project.session.events.nodes.1.snapshot")));
  g_assert_true (JSON_NODE_HOLDS_NULL (json_at (response, "data.project.session.events.nodes.2.snapshot")));
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  fixture = api_fixture_new ();
  g_test_add_func ("/api/snapshots/kept", test_kept);
  g_test_add_func ("/api/snapshots/webp", test_webp);
  g_test_add_func ("/api/snapshots/event-names-one", test_event_names_one);
  g_test_add_func ("/api/snapshots/refused", test_refused);
  g_test_add_func ("/api/snapshots/too-many", test_too_many);
  g_test_add_func ("/api/snapshots/tenancy", test_tenancy);
  status = g_test_run ();
  api_fixture_free (fixture);
  return status;
}

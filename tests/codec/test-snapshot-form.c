#include "codec/pdg-codec-error.h"
#include "codec/pdg-snapshot-form.h"

#include <string.h>

#define NOW_USEC (G_GINT64_CONSTANT (1767323045) * G_USEC_PER_SEC)
#define PART(name, data) "--b\r\nContent-Disposition: form-data; name=\"" name "\"\r\n\r\n" data "\r\n"
#define NEEDED PART ("project_id", "proj_demo") PART ("page.path", "/user/123/?tab=1") PART ("image", "bytes")
#define END "--b--\r\n"

static PdgSnapshotForm *
read_form (const char *type, const char *text, GError **error)
{
  g_autoptr (GBytes) body = g_bytes_new_static (text, strlen (text));
  g_autoptr (GArray) parts = pdg_multipart_parse (type, body, error);

  return parts != NULL ? pdg_snapshot_form_read (parts, body, NOW_USEC, error) : NULL;
}

static void
test_whole (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgSnapshotForm) form =
    read_form ("multipart/form-data; charset=utf-8; boundary=b",
               "what stands before is nothing\r\n" NEEDED PART ("session.id", "s1") PART ("gen_ai.journey.id", "checkout")
               PART ("gen_ai.journey.step.id", "pay") PART ("snapshot.viewport", "1280x800") PART ("snapshot.device_scale", "1.5")
               PART ("snapshot.timestamp", "2026-01-01T01:00:00+01:00") PART ("component_tree", "{\"a\":[]}") PART ("state", "[1]") END,
               &error);

  g_assert_no_error (error);
  g_assert_cmpstr (form->project, ==, "proj_demo");
  g_assert_cmpstr (form->screen_path, ==, "/user/:id");
  g_assert_cmpstr (form->session, ==, "s1");
  g_assert_cmpstr (form->journey, ==, "checkout");
  g_assert_cmpstr (form->step, ==, "pay");
  g_assert_cmpint (form->viewport_width, ==, 1280);
  g_assert_cmpint (form->viewport_height, ==, 800);
  g_assert_cmpfloat (form->device_scale, ==, 1.5);
  g_assert_cmpint (form->taken_usec, ==, G_GINT64_CONSTANT (1767225600) * G_USEC_PER_SEC);
  g_assert_cmpstr (form->component_tree, ==, "{\"a\":[]}");
  g_assert_cmpstr (form->state, ==, "[1]");
  g_assert_cmpmem (g_bytes_get_data (form->image, NULL), g_bytes_get_size (form->image), "bytes", 5);
}

/* As browsers, curl and others write them. */
static void
test_forms (void)
{
  static const struct { const char *type, *text; } rows[] = {
    { "multipart/form-data; boundary=\"b\"", NEEDED END },
    { "multipart/form-data;boundary=b", NEEDED "--b--" },
    { "Multipart/Form-Data; BOUNDARY=b", NEEDED "--b--\r\nand what stands behind" },
    { "multipart/form-data; boundary=b", "--b \t\r\ncontent-type: image/PNG; x=y\r\nCONTENT-DISPOSITION: form-data; filename=\"name=;\"; name=image\r\n\r\n"
                                         "bytes\r\n" PART ("page.path", "/") PART ("product_id", "p") END },
    { "multipart/form-data; boundary=b", PART ("image", "--c\r\n-b\r\n--\r\nb") PART ("page.path", "/") PART ("project_id", "p") END },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (PdgSnapshotForm) form = read_form (rows[i].type, rows[i].text, &error);

      g_test_message ("row %u", i);
      g_assert_no_error (error);
      g_assert_cmpint (form->taken_usec, ==, NOW_USEC);
      g_assert_cmpstr (form->media_type, ==, i == 3 ? "image/png" : NULL);
      g_assert_cmpuint (g_bytes_get_size (form->image), ==, i == 4 ? 14 : 5);
    }
}

static void
test_refuses (void)
{
  static const struct { const char *type, *text, *word; } rows[] = {
    { "multipart/form-data", NEEDED END, "boundary" },
    { "multipart/form-data; boundary=\"\"", NEEDED END, "boundary" },
    { "multipart/form-data; boundary=c", NEEDED END, "nowhere" },
    { "multipart/form-data; boundary=b", "", "nowhere" },
    { "multipart/form-data; boundary=b", NEEDED, "ends" },
    { "multipart/form-data; boundary=b", NEEDED "--b-", "ends" },
    { "multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"image\"\r\n\r\nhalf", "middle" },
    { "multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data", "headers" },
    { "multipart/form-data; boundary=b", "--b\r\nContent-Type: image/png\r\n\r\nx\r\n--b--", "no name" },
    { "multipart/form-data; boundary=b", NEEDED PART ("size", "1") END, "size: " },
    { "multipart/form-data; boundary=b", NEEDED PART ("image", "again") END, "image: it is there twice" },
    { "multipart/form-data; boundary=b", NEEDED PART ("product_id", "other") END, "product_id: it is there twice" },
    { "multipart/form-data; boundary=b", NEEDED PART ("session.id", "") END, "session.id: it is empty" },
    { "multipart/form-data; boundary=b", NEEDED PART ("session.id", "\xff") END, "session.id: it is not UTF-8" },
    { "multipart/form-data; boundary=b", NEEDED PART ("snapshot.viewport", "1280") END, "snapshot.viewport: " },
    { "multipart/form-data; boundary=b", NEEDED PART ("snapshot.viewport", "0x9") END, "snapshot.viewport: " },
    { "multipart/form-data; boundary=b", NEEDED PART ("snapshot.device_scale", "nan") END, "snapshot.device_scale: " },
    { "multipart/form-data; boundary=b", NEEDED PART ("snapshot.timestamp", "yesterday") END, "snapshot.timestamp: " },
    { "multipart/form-data; boundary=b", NEEDED PART ("state", "{") END, "state: it is not JSON" },
    { "multipart/form-data; boundary=b", NEEDED PART ("component_tree", "\"\\u0000\"") END, "component_tree: it is not JSON" },
    { "multipart/form-data; boundary=b", PART ("project_id", "p") PART ("page.path", "/") END, "image: " },
    { "multipart/form-data; boundary=b", PART ("project_id", "p") PART ("image", "x") END, "page.path: " },
    { "multipart/form-data; boundary=b", PART ("page.path", "/") PART ("image", "x") END, "project_id: " },
    { "multipart/form-data; boundary=b", PART ("page.path", "/") PART ("image", "") END, "image: it is empty" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (PdgSnapshotForm) form = read_form (rows[i].type, rows[i].text, &error);

      g_test_message ("row %u: %s", i, error != NULL ? error->message : "taken");
      g_assert_null (form);
      g_assert_true (error->domain == PDG_CODEC_ERROR);
      g_assert_nonnull (strstr (error->message, rows[i].word));
    }
}

/* A clock that is a day ahead is not believed. */
static void
test_future (void)
{
  g_autoptr (PdgSnapshotForm) form = read_form ("multipart/form-data; boundary=b", NEEDED PART ("snapshot.timestamp", "2031-01-01T00:00:00Z") END, NULL);

  g_assert_cmpint (form->taken_usec, ==, NOW_USEC);
}

static void
test_too_many (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i <= PDG_MULTIPART_MAX_PARTS; i++)
    g_string_append (text, PART ("x", "y"));
  g_string_append (text, END);
  g_assert_null (read_form ("multipart/form-data; boundary=b", text->str, &error));
  g_assert_error (error, PDG_CODEC_ERROR, PDG_CODEC_ERROR_TOO_MANY);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/codec/snapshot-form/whole", test_whole);
  g_test_add_func ("/codec/snapshot-form/forms", test_forms);
  g_test_add_func ("/codec/snapshot-form/refuses", test_refuses);
  g_test_add_func ("/codec/snapshot-form/future", test_future);
  g_test_add_func ("/codec/snapshot-form/too-many", test_too_many);
  return g_test_run ();
}

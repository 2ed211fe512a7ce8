#include "config.h"
#include "codec/pdg-snapshot-form.h"

#include "base/pdg-time.h"
#include "codec/pdg-codec-error.h"
#include "codec/pdg-json-check.h"
#include "model/pdg-screen-path.h"

#include <string.h>

#define MAX_TEXT_BYTES 512
#define MAX_JSON_BYTES (1024 * 1024)
#define MAX_FUTURE_USEC (24 * 60 * 60 * PDG_USEC_PER_SEC)
#define MAX_VIEWPORT 32767

static gboolean
refuse (GError **error, const char *name, const char *why)
{
  g_set_error (error, PDG_CODEC_ERROR, PDG_CODEC_ERROR_ENVELOPE, "%s: %s", name, why);
  return FALSE;
}

/* A text that the database takes. */
static gboolean
read_text (const char *name, PdgSlice data, gsize max_bytes, char **out, GError **error)
{
  if (*out != NULL)
    return refuse (error, name, "it is there twice");
  if (data.len == 0 || data.len > max_bytes)
    return refuse (error, name, data.len == 0 ? "it is empty" : "it is too long");
  if (!g_utf8_validate_len (data.data, data.len, NULL))
    return refuse (error, name, "it is not UTF-8");
  *out = g_strndup (data.data, data.len);
  return TRUE;
}

static gboolean
read_json (const char *name, PdgSlice data, char **out, GError **error)
{
  if (!read_text (name, data, MAX_JSON_BYTES, out, error))
    return FALSE;
  /* PostgreSQL's text has no NUL, and whoever reads this JSON would make one. */
  return (pdg_json_is_valid (data.data, data.len) && strstr (*out, "\\u0000") == NULL) || refuse (error, name, "it is not JSON without \\u0000");
}

static gboolean
read_time (const char *name, PdgSlice data, gint64 now_usec, PdgSnapshotForm *form, GError **error)
{
  if (!pdg_time_parse_rfc3339 (data.data, data.len, &form->taken_usec))
    return refuse (error, name, "it is not an RFC 3339 time");
  if (form->taken_usec > now_usec + MAX_FUTURE_USEC)
    form->taken_usec = now_usec;
  return TRUE;
}

static gboolean
read_viewport (const char *name, PdgSlice data, PdgSnapshotForm *form, GError **error)
{
  g_autofree char *text = g_strndup (data.data, data.len);
  g_auto (GStrv) sides = g_strsplit (text, "x", 3);
  guint64 width, height;

  if (g_strv_length (sides) != 2 || !g_ascii_string_to_unsigned (sides[0], 10, 1, MAX_VIEWPORT, &width, NULL)
      || !g_ascii_string_to_unsigned (sides[1], 10, 1, MAX_VIEWPORT, &height, NULL))
    return refuse (error, name, "it is not WIDTHxHEIGHT in pixels, such as 1280x800");
  form->viewport_width = (gint32) width;
  form->viewport_height = (gint32) height;
  return TRUE;
}

static gboolean
read_scale (const char *name, PdgSlice data, PdgSnapshotForm *form, GError **error)
{
  g_autofree char *text = g_strndup (data.data, data.len);
  char *end;

  form->device_scale = g_ascii_strtod (text, &end);
  return (end != text && *end == '\0' && form->device_scale >= 0.1 && form->device_scale <= 16)
         || refuse (error, name, "it is not a number from 0.1 to 16");
}

static gboolean
read_path (const char *name, PdgSlice data, PdgSnapshotForm *form, GError **error)
{
  g_autofree char *path = NULL;
  char normal[PDG_SCREEN_PATH_MAX_BYTES + 1];

  if (form->screen_path != NULL)
    return refuse (error, name, "it is there twice");
  if (!read_text (name, data, 8192, &path, error))
    return FALSE;
  pdg_screen_path_normalise (path, strlen (path), normal);
  form->screen_path = g_strdup (normal);
  return TRUE;
}

static gboolean
read_image (const PdgMultipartPart *part, GBytes *body, PdgSnapshotForm *form, GError **error)
{
  const char *begin = g_bytes_get_data (body, NULL);

  if (form->image != NULL)
    return refuse (error, "image", "it is there twice");
  if (part->data.len == 0)
    return refuse (error, "image", "it is empty");
  form->image = g_bytes_new_from_bytes (body, (gsize) (part->data.data - begin), part->data.len);
  form->media_type = part->media_type.len > 0 ? g_ascii_strdown (part->media_type.data, part->media_type.len) : NULL;
  return TRUE;
}

static gboolean
read_part (const PdgMultipartPart *part, GBytes *body, gint64 now_usec, PdgSnapshotForm *form, GError **error)
{
  g_autofree char *name = g_strndup (part->name.data, part->name.len);
  const struct { const char *name; char **out; } texts[] = {
    { "project_id", &form->project }, { "product_id", &form->project }, { "session.id", &form->session },
    { "gen_ai.journey.id", &form->journey }, { "gen_ai.journey.step.id", &form->step },
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    if (g_str_equal (name, texts[i].name))
      return read_text (name, part->data, MAX_TEXT_BYTES, texts[i].out, error);
  if (g_str_equal (name, "image"))
    return read_image (part, body, form, error);
  if (g_str_equal (name, "page.path"))
    return read_path (name, part->data, form, error);
  if (g_str_equal (name, "snapshot.timestamp"))
    return read_time (name, part->data, now_usec, form, error);
  if (g_str_equal (name, "snapshot.viewport"))
    return read_viewport (name, part->data, form, error);
  if (g_str_equal (name, "snapshot.device_scale"))
    return read_scale (name, part->data, form, error);
  if (g_str_equal (name, "component_tree"))
    return read_json (name, part->data, &form->component_tree, error);
  if (g_str_equal (name, "state"))
    return read_json (name, part->data, &form->state, error);
  name[MIN (strlen (name), 40)] = '\0';
  if (!g_utf8_validate (name, -1, NULL))
    return refuse (error, "a part", "its name is not one of a snapshot's");
  return refuse (error, name, "it is not a part of a snapshot; the parts are image, project_id, page.path, session.id, gen_ai.journey.id, "
                              "gen_ai.journey.step.id, snapshot.timestamp, snapshot.viewport, snapshot.device_scale, component_tree and state");
}

PdgSnapshotForm *
pdg_snapshot_form_read (const GArray *parts, GBytes *body, gint64 now_usec, GError **error)
{
  g_autoptr (PdgSnapshotForm) form = g_new0 (PdgSnapshotForm, 1);

  form->taken_usec = now_usec;
  for (guint i = 0; i < parts->len; i++)
    if (!read_part (&g_array_index (parts, PdgMultipartPart, i), body, now_usec, form, error))
      return NULL;
  if ((form->image != NULL || refuse (error, "image", "the picture is needed"))
      && (form->project != NULL || refuse (error, "project_id", "it is needed"))
      && (form->screen_path != NULL || refuse (error, "page.path", "the path of the screen is needed")))
    return g_steal_pointer (&form);
  return NULL;
}

void
pdg_snapshot_form_free (PdgSnapshotForm *form)
{
  if (form == NULL)
    return;
  g_clear_pointer (&form->image, g_bytes_unref);
  g_free (form->media_type);
  g_free (form->project);
  g_free (form->session);
  g_free (form->screen_path);
  g_free (form->journey);
  g_free (form->step);
  g_free (form->component_tree);
  g_free (form->state);
  g_free (form);
}

#include "config.h"
#include "codec/pdg-codec-error.h"
#include "codec/pdg-snapshot-form.h"

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* Parts lie in the body; a form that is read has what it must have. A refusal has a reason. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) body = g_bytes_new (data, size);
  g_autoptr (GError) error = NULL, form_error = NULL;
  g_autoptr (GArray) parts = pdg_multipart_parse ("multipart/form-data; boundary=\"xx\"", body, &error);
  g_autoptr (PdgSnapshotForm) form = NULL;
  const char *begin = g_bytes_get_data (body, NULL);

  g_assert_true ((parts == NULL) == (error != NULL));
  if (parts == NULL)
    {
      g_assert_true (error->domain == PDG_CODEC_ERROR && g_utf8_validate (error->message, -1, NULL));
      return 0;
    }
  for (guint i = 0; i < parts->len; i++)
    {
      const PdgMultipartPart *part = &g_array_index (parts, PdgMultipartPart, i);

      g_assert_true (part->name.len > 0 && part->data.data >= begin && part->data.data + part->data.len <= begin + size);
    }
  form = pdg_snapshot_form_read (parts, body, 0, &form_error);
  g_assert_true ((form == NULL) == (form_error != NULL));
  if (form == NULL)
    g_assert_true (form_error->domain == PDG_CODEC_ERROR && g_utf8_validate (form_error->message, -1, NULL));
  else
    g_assert_true (form->image != NULL && g_utf8_validate (form->project, -1, NULL) && g_utf8_validate (form->screen_path, -1, NULL));
  return 0;
}

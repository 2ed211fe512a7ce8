#include "config.h"
#include "codec/pdg-board-json.h"
#include "codec/pdg-codec-error.h"

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* What is read can be written, and what is written is read as the same. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgBoard) board = pdg_board_json_read (bytes, &error);
  g_autoptr (PdgBoard) again = NULL;
  g_autoptr (GBytes) written = NULL;
  g_autoptr (GBytes) rewritten = NULL;

  g_assert_true ((board == NULL) == (error != NULL));
  if (board == NULL)
    {
      g_assert_true (error->domain == PDG_CODEC_ERROR && g_utf8_validate (error->message, -1, NULL));
      return 0;
    }
  written = pdg_board_json_write (board);
  again = pdg_board_json_read (written, &error);
  g_assert_no_error (error);
  rewritten = pdg_board_json_write (again);
  g_assert_true (g_bytes_equal (written, rewritten));
  return 0;
}

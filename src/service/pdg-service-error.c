#include "config.h"
#include "service/pdg-service-error.h"

typedef struct
{
  char *field;
} PdgServiceErrorPrivate;

static void
pdg_service_error_private_init (PdgServiceErrorPrivate *priv)
{
}

static void
pdg_service_error_private_copy (const PdgServiceErrorPrivate *src, PdgServiceErrorPrivate *dest)
{
  dest->field = g_strdup (src->field);
}

static void
pdg_service_error_private_clear (PdgServiceErrorPrivate *priv)
{
  g_free (priv->field);
}

G_DEFINE_EXTENDED_ERROR (PdgServiceError, pdg_service_error)

void
pdg_service_error_set (GError **error, PdgServiceError code, const char *field, const char *format, ...)
{
  g_autofree char *message = NULL;
  GError *made;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  made = g_error_new_literal (PDG_SERVICE_ERROR, (int) code, message);
  ((PdgServiceErrorPrivate *) pdg_service_error_get_private (made))->field = g_strdup (field);
  g_propagate_error (error, made);
}

const char *
pdg_service_error_get_field (const GError *error)
{
  return error->domain == PDG_SERVICE_ERROR ? ((PdgServiceErrorPrivate *) pdg_service_error_get_private (error))->field : NULL;
}

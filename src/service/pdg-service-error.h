#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Why a use case refused. The message is fit for a client and says what to do. */
typedef enum
{
  PDG_SERVICE_ERROR_FORBIDDEN, /* the principal may not */
  PDG_SERVICE_ERROR_NOT_FOUND,
  PDG_SERVICE_ERROR_INVALID,   /* a value that makes no sense; the text says what to do */
  PDG_SERVICE_ERROR_CONFLICT,  /* it exists already, or was changed by another */
} PdgServiceError;

#define PDG_SERVICE_ERROR (pdg_service_error_quark ())
GQuark      pdg_service_error_quark (void);

/* With the value of the input that it is about: "name", "steps.3.screenPath"; NULL = none in particular. */
void        pdg_service_error_set (GError **error, PdgServiceError code, const char *field, const char *format, ...) G_GNUC_PRINTF (4, 5);

/* (transfer none) (nullable) */
const char *pdg_service_error_get_field (const GError *error);

G_END_DECLS

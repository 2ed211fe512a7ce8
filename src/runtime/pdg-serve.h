#pragma once

#include "runtime/pdg-config.h"

G_BEGIN_DECLS

/* Collects without a display until SIGTERM or SIGINT, then stops cleanly. Says on standard output where it listens.
 * The main thread's own loop. Errors as pdg_runtime_start (). */
gboolean pdg_serve_until_signal (PdgConfig *config, GError **error);

G_END_DECLS

#pragma once

#include <gdk/gdk.h>

G_BEGIN_DECLS

/* Settings of this process that make drawing quick: the allocator's thresholds and, unless the user chose one, the
 * renderer. First thing in main(), before GTK is initialised and before threads start. */
void pdg_process_prepare (void);

/* On X11, keeps cairo's shared memory for pictures of @width x @height device pixels alive between frames; nothing
 * elsewhere. UI thread. */
void pdg_process_keep_frame_memory (GdkSurface *surface, int width, int height);

G_END_DECLS

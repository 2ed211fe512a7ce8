#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A plain value: where a person has put a screen's card. */
typedef struct
{
  double x;          /* top left, world units */
  double y;
  gboolean pinned;   /* the layout leaves it there */
  gboolean locked;   /* nobody moves it; a locked one is pinned */
} PdgPlace;

gboolean       pdg_place_equal (const PdgPlace *a, const PdgPlace *b);

/* Places by screen id. A table that was handed to others is not changed any more: copy it. (transfer full) Any thread. */
GHashTable     *pdg_places_new (void);
GHashTable     *pdg_places_copy (GHashTable *places);
const PdgPlace *pdg_places_lookup (GHashTable *places, const char *screen_id);
void            pdg_places_set (GHashTable *places, const char *screen_id, const PdgPlace *place);

/* One step of a person's work: what it is called and what it did to each screen. Filled before it is shared, then immutable;
 * atomically counted. */
typedef struct _PdgEdit PdgEdit;

/* A plain value, the edit's. */
typedef struct
{
  char *screen_id;
  PdgPlace before;
  PdgPlace after;
} PdgEditChange;

/* @name: "Move 3 screens". (transfer full) */
PdgEdit             *pdg_edit_new (const char *name);
PdgEdit             *pdg_edit_ref (PdgEdit *edit);
void                 pdg_edit_unref (PdgEdit *edit);

/* What changes nothing is left out. */
void                 pdg_edit_add (PdgEdit *edit, const char *screen_id, const PdgPlace *before, const PdgPlace *after);

/* That a group was folded, or opened: its place stands for it, pinned when it is folded. */
void                 pdg_edit_add_fold (PdgEdit *edit, const char *group_id, gboolean folded);

const char          *pdg_edit_get_name (const PdgEdit *edit);
const PdgEditChange *pdg_edit_get_changes (const PdgEdit *edit, guint *n);

/* Whether both touch the same screens. */
gboolean             pdg_edit_touches_same (const PdgEdit *a, const PdgEdit *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgEdit, pdg_edit_unref)

G_END_DECLS

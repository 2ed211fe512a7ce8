#pragma once

#include "db/pdg-db-tx.h"
#include "model/pdg-event.h"

G_BEGIN_DECLS

/* Who is who, as events say it: written before the events that say it, in a transaction of its own. Each function takes what
 * was said of one project, in any order; what comes out does not depend on it. */

/* An anonymous id and the user that was named with it; or a previous id and the user that it is. */
typedef struct
{
  PdgSlice id;
  PdgSlice user;
  gint64 said_usec;
} PdgIdentityLink;

/* A value of an actor's trait, or of a group's. */
typedef struct
{
  PdgSlice group_type; /* of a group */
  gint16 kind;         /* of an actor: PdgActorKind */
  PdgSlice id;         /* the actor's, or the group's */
  PdgSlice name;
  PdgSlice value;      /* JSON */
  gboolean is_first;
  gint64 said_usec;
  guint8 event_key[16];
} PdgIdentityTrait;

/* A group, and an actor in it. */
typedef struct
{
  PdgSlice group_type;
  PdgSlice group_id;
  gint16 kind; /* -1 = the group alone */
  PdgSlice id;
  gint64 said_usec;
} PdgIdentityMember;

/* Errors: PDG_DB_ERROR. */
gboolean pdg_store_link_actors (PdgDbTx *tx, gint32 project_no, const PdgIdentityLink *links, guint n, GError **error);
gboolean pdg_store_alias_actors (PdgDbTx *tx, gint32 project_no, const PdgIdentityLink *links, guint n, GError **error);
gboolean pdg_store_set_traits (PdgDbTx *tx, gint32 project_no, const PdgIdentityTrait *traits, guint n, GError **error);
gboolean pdg_store_set_groups (PdgDbTx *tx, gint32 project_no, const PdgIdentityMember *members, guint n, GError **error);

/* Of groups that pdg_store_set_groups() has named. */
gboolean pdg_store_set_group_traits (PdgDbTx *tx, gint32 project_no, const PdgIdentityTrait *traits, guint n, GError **error);

G_END_DECLS

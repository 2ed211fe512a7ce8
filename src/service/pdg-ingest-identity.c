#include "config.h"
#include "service/pdg-ingest-private.h"

#include "codec/pdg-identity.h"
#include "store/pdg-store-identity.h"
#include "store/pdg-store-numbers.h"

#include <string.h>

/* Who is who, gathered from the rows of a flush. A link that was told before is not told again, unless this event said it
 * earlier: the first time that it was said decides. */

#define LINK_SECONDS_FROM G_GINT64_CONSTANT (1262304000) /* 2010, so that 31 bits last until 2078 */

typedef struct
{
  PdgIngestKey key;
  gint64 usec;
  gint32 second;
} ToldLink;

/* What was said of one project. */
typedef struct
{
  gint32 project_no;
  GArray *links, *aliases;       /* PdgIdentityLink */
  GArray *traits, *group_traits; /* PdgIdentityTrait */
  GArray *members;               /* PdgIdentityMember */
} Said;

static void
said_free (gpointer data)
{
  Said *said = data;

  g_array_unref (said->links);
  g_array_unref (said->aliases);
  g_array_unref (said->traits);
  g_array_unref (said->group_traits);
  g_array_unref (said->members);
  g_free (said);
}

/* The rows come by project. */
static Said *
ensure_said (GPtrArray *all, gint32 project_no)
{
  Said *said = all->len > 0 ? all->pdata[all->len - 1] : NULL;

  if (said != NULL && said->project_no == project_no)
    return said;
  said = g_new (Said, 1);
  said->project_no = project_no;
  said->links = g_array_new (FALSE, FALSE, sizeof (PdgIdentityLink));
  said->aliases = g_array_new (FALSE, FALSE, sizeof (PdgIdentityLink));
  said->traits = g_array_new (FALSE, FALSE, sizeof (PdgIdentityTrait));
  said->group_traits = g_array_new (FALSE, FALSE, sizeof (PdgIdentityTrait));
  said->members = g_array_new (FALSE, FALSE, sizeof (PdgIdentityMember));
  g_ptr_array_add (all, said);
  return said;
}

static void
add_link (PdgIngestMemory *memory, GPtrArray *all, GArray *told, const PdgEventRow *row)
{
  const PdgEvent *event = row->event;
  PdgIdentityLink link = { event->anonymous, event->user, event->timestamp_usec };
  ToldLink now = { .usec = event->timestamp_usec, .second = (gint32) CLAMP (event->timestamp_usec / G_USEC_PER_SEC - LINK_SECONDS_FROM, 1, G_MAXINT32) };
  guint64 scope = pdg_ingest_scope (row->project_no, row->epoch);
  PdgIngestKey parts[2];
  const ToldLink *last = told->len > 0 ? &g_array_index (told, ToldLink, told->len - 1) : NULL;
  gint32 before;

  pdg_ingest_memory_make_key (memory, PDG_INGEST_KEY_LINK, scope, event->anonymous.data, event->anonymous.len, parts[0]);
  pdg_ingest_memory_make_key (memory, PDG_INGEST_KEY_LINK, scope, event->user.data, event->user.len, parts[1]);
  pdg_ingest_memory_make_key (memory, PDG_INGEST_KEY_LINK, scope, parts, sizeof parts, now.key);
  before = pdg_number_map_lookup (memory->links, now.key);
  if (before != 0 && before < now.second)
    return;
  if (last != NULL && memcmp (last->key, now.key, 16) == 0 && last->usec <= now.usec)
    return; /* the events of one session come in a row, by time */
  if (pdg_identity_is_nobody (&event->user) || pdg_identity_is_nobody (&event->anonymous))
    return;
  g_array_append_val (ensure_said (all, row->project_no)->links, link);
  g_array_append_val (told, now);
}

static PdgSlice
get_actor (const PdgEventRow *row)
{
  return row->actor_kind == PDG_ACTOR_USER        ? row->event->user
         : row->actor_kind == PDG_ACTOR_ANONYMOUS ? row->event->anonymous
                                                  : row->event->session;
}

static void
add_traits (GArray *traits, const PdgEventRow *row, const PdgIdentity *identity, PdgSlice group_type, PdgSlice id)
{
  for (guint i = 0; i < identity->n_traits; i++)
    {
      PdgIdentityTrait trait = {
        .group_type = group_type, .kind = row->actor_kind, .id = id, .name = identity->traits[i].name, .value = identity->traits[i].value,
        .is_first = identity->traits[i].is_first, .said_usec = row->event->timestamp_usec,
      };

      memcpy (trait.event_key, row->event->event_key, sizeof trait.event_key);
      g_array_append_val (traits, trait);
    }
}

/* The id of before is the user's; and where nobody is known yet, the anonymous id is that of whom the alias names. */
static void
add_alias (Said *said, const PdgEvent *event, const PdgIdentity *identity)
{
  PdgIdentityLink link = { identity->alias, event->user, event->timestamp_usec };
  GArray *links = said->aliases;

  if (event->user.data == NULL)
    {
      link = (PdgIdentityLink) { event->anonymous, identity->alias, event->timestamp_usec };
      links = said->links;
    }
  if (!pdg_identity_is_nobody (&link.id) && !pdg_identity_is_nobody (&link.user))
    g_array_append_val (links, link);
}

static void
add_statement (GPtrArray *all, PdgArena *arena, const PdgEventRow *row)
{
  PdgSlice actor = get_actor (row), none = { NULL, 0 };
  PdgIdentity identity;
  Said *said;

  if (!pdg_identity_read (row->event, arena, &identity))
    return;
  said = ensure_said (all, row->project_no);
  if (identity.kind == PDG_IDENTITY_ALIAS)
    add_alias (said, row->event, &identity);
  else if (identity.kind == PDG_IDENTITY_IDENTIFY)
    add_traits (said->traits, row, &identity, none, actor);
  else
    {
      PdgIdentityMember member = { identity.group_type, identity.group_id, row->actor_kind, actor, row->event->timestamp_usec };

      if (row->actor_kind == PDG_ACTOR_SESSION || pdg_identity_is_nobody (&actor))
        member.kind = -1;
      g_array_append_val (said->members, member);
      add_traits (said->group_traits, row, &identity, identity.group_type, identity.group_id);
    }
}

#define ITEMS(array, type) ((const type *) (gconstpointer) (array)->data)

static gboolean
store_said (PdgDbTx *tx, const Said *said, GError **error)
{
  return (said->members->len == 0
          || pdg_store_set_groups (tx, said->project_no, ITEMS (said->members, PdgIdentityMember), said->members->len, error))
         && (said->group_traits->len == 0
             || pdg_store_set_group_traits (tx, said->project_no, ITEMS (said->group_traits, PdgIdentityTrait), said->group_traits->len, error))
         && (said->aliases->len == 0
             || pdg_store_alias_actors (tx, said->project_no, ITEMS (said->aliases, PdgIdentityLink), said->aliases->len, error))
         && (said->links->len == 0
             || pdg_store_link_actors (tx, said->project_no, ITEMS (said->links, PdgIdentityLink), said->links->len, error))
         && (said->traits->len == 0
             || pdg_store_set_traits (tx, said->project_no, ITEMS (said->traits, PdgIdentityTrait), said->traits->len, error));
}

gboolean
pdg_ingest_store_identities (const PdgFlush *flush, PdgIngestMemory *memory, PdgDbConn *conn, PdgPrincipal *principal, GError **error)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (said_free);
  g_autoptr (GArray) told = g_array_new (FALSE, FALSE, sizeof (ToldLink));
  g_autoptr (PdgDbTx) tx = NULL;

  for (guint i = 0; i < flush->rows->len; i++)
    {
      const PdgEventRow *row = &g_array_index (flush->rows, PdgEventRow, i);

      if (row->event->user.data != NULL && row->event->anonymous.data != NULL)
        add_link (memory, all, told, row);
      add_statement (all, flush->arena, row);
    }
  if (all->len == 0)
    return TRUE;
  tx = pdg_db_tx_begin_writer (conn, principal, error);
  if (tx == NULL)
    return FALSE;
  for (guint i = 0; i < all->len; i++)
    if (!store_said (tx, all->pdata[i], error))
      return FALSE;
  if (!pdg_db_tx_commit (tx, error))
    return FALSE;
  for (guint i = 0; i < told->len; i++)
    {
      const ToldLink *link = &g_array_index (told, ToldLink, i);
      gint32 before = pdg_number_map_lookup (memory->links, link->key);

      if (before == 0 || link->second < before)
        pdg_number_map_insert (memory->links, link->key, link->second);
    }
  return TRUE;
}

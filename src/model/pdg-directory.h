#pragma once

#include "model/pdg-principal.h"
#include "model/pdg-records.h"

G_BEGIN_DECLS

/* Plain records of who may do what in an organisation, as the store reads them and the API shows them. Each owns its
 * texts; absent times are PDG_TIME_NONE. Secrets are there once: in the record of a key or token that was just made. */

typedef struct
{
  char *id; /* a UUID */
  char *email;
  char *name; /* "" when the organisation gave none */
  gint64 joined_usec;
  PdgRole role;
} PdgMember;

typedef struct
{
  char *label;
  char *prefix;
  char *secret; /* nullable */
  gint64 created_usec;
  gint64 revoked_usec;
  gint64 ends_usec;      /* PDG_TIME_NONE = never */
  gint64 used_usec;      /* last, to about a minute; PDG_TIME_NONE = never */
  gint32 key_no;
  int events_per_second; /* 0 = any, -1 = as the collector is set */
  int burst_events;      /* 0 = as the collector is set */
} PdgApiKey;

typedef struct
{
  char *label;
  char *prefix;
  char *secret;      /* nullable */
  PdgMember *member; /* nullable: a service's, or of a member who left */
  gint64 created_usec;
  gint64 expires_usec;
  gint64 revoked_usec;
  gint32 token_no;
  PdgRole role;
} PdgAccessToken;

void pdg_member_free (PdgMember *member);
void pdg_api_key_free (PdgApiKey *key);
void pdg_access_token_free (PdgAccessToken *token);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgMember, pdg_member_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgApiKey, pdg_api_key_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgAccessToken, pdg_access_token_free)

G_END_DECLS

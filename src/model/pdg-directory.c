#include "config.h"
#include "model/pdg-directory.h"

/* A secret is not left in memory that is given back. */
static void
free_secret (char *secret)
{
  for (volatile char *p = secret; p != NULL && *p != '\0'; p++)
    *p = ' ';
  g_free (secret);
}

void
pdg_member_free (PdgMember *member)
{
  if (member == NULL)
    return;
  g_free (member->id);
  g_free (member->email);
  g_free (member->name);
  g_free (member);
}

void
pdg_api_key_free (PdgApiKey *key)
{
  if (key == NULL)
    return;
  g_free (key->label);
  g_free (key->prefix);
  free_secret (key->secret);
  g_free (key);
}

void
pdg_access_token_free (PdgAccessToken *token)
{
  if (token == NULL)
    return;
  g_free (token->label);
  g_free (token->prefix);
  free_secret (token->secret);
  pdg_member_free (token->member);
  g_free (token);
}

#pragma once

#include "pdg-fake-client.h"

G_BEGIN_DECLS

/* A made-up shop of 14 screens that a fake client can answer for: the same for the same number of sessions. */
typedef struct _PdgFakeShop PdgFakeShop;

PdgFakeShop *pdg_fake_shop_new (void);
void         pdg_fake_shop_free (PdgFakeShop *shop);

/* Lets @n more visitors walk through the shop. */
void         pdg_fake_shop_play (PdgFakeShop *shop, guint n);

/* Answers Projects, Graph, Live, Sessions and pictures from @shop, which must outlive the client. */
void         pdg_fake_shop_attach (PdgFakeShop *shop, PdgFakeClient *client);

/* The picture of a screen of the shop, by its snapshot's id, as PNG. (transfer full) */
GBytes      *pdg_fake_shop_draw_picture (const char *id, int width_px);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgFakeShop, pdg_fake_shop_free)

G_END_DECLS

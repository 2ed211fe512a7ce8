#pragma once

#include "app/pdg-component-node.h"
#include "app/pdg-workspace.h"

G_BEGIN_DECLS

#define PDG_TYPE_SCREEN_DETAILS (pdg_screen_details_get_type ())
G_DECLARE_FINAL_TYPE (PdgScreenDetails, pdg_screen_details, PDG, SCREEN_DETAILS, GObject)

/* What is known of a screen beside its figures: pictures, calls, errors, state, components, steps. Asked for when the screen is set, and
 * anew a few seconds after the graph has changed. Signal "changed" after every change. UI thread. */
typedef enum
{
  PDG_DETAILS_NONE, /* no screen is set */
  PDG_DETAILS_LOADING,
  PDG_DETAILS_READY,
  PDG_DETAILS_ERROR,
} PdgDetailsState;

PdgScreenDetails *pdg_screen_details_new (PdgWorkspace *workspace);

/* @id: nullable. */
void              pdg_screen_details_set_screen_id (PdgScreenDetails *self, const char *id);

PdgDetailsState   pdg_screen_details_get_state (PdgScreenDetails *self);
/* The screen that is told of; NULL when none is. */
const char       *pdg_screen_details_get_screen_id (PdgScreenDetails *self);
/* Why nothing could be read. (nullable) */
const char       *pdg_screen_details_get_error_message (PdgScreenDetails *self);
/* The type Screen as PDG_DOCUMENT_SCREEN asks for it; NULL unless READY. (transfer none) */
JsonObject       *pdg_screen_details_get_screen (PdgScreenDetails *self);
/* The steps of journeys on this screen: objects of journey, name, place, count, designed. (transfer none) (nullable) */
JsonArray        *pdg_screen_details_get_steps (PdgScreenDetails *self);
/* The components of the newest picture; NULL when they are not known. (transfer none) */
PdgComponentNode *pdg_screen_details_get_components (PdgScreenDetails *self);

/* The names of its parts: "GET /api/cart" of an element of apiCalls; the message or type of one of errors. (transfer full) */
char             *pdg_screen_dup_call_title (JsonObject *call);
char             *pdg_screen_dup_error_title (JsonObject *error);

/* Asks again. */
void              pdg_screen_details_retry (PdgScreenDetails *self);

G_END_DECLS

#pragma once

#include "demo/pdg-demo-plan.h"

G_BEGIN_DECLS

/* One event before it is written as JSON; what a to d mean depends on the type. */
typedef enum
{
  EVENT_VIEW,         /* a, b: screen and item of the previous page, a = -1: came from outside */
  EVENT_LEAVE,        /* a: duration in ms */
  EVENT_CLICK,        /* part */
  EVENT_INPUT,        /* part */
  EVENT_FOCUS,        /* part */
  EVENT_SUBMIT,       /* part */
  EVENT_SCROLL,       /* a: position in thousandths */
  EVENT_STATE,        /* key: PdgDemoStateKey, a: before, b: after */
  EVENT_API_REQUEST,  /* key: PdgDemoApi */
  EVENT_API_RESPONSE, /* key: PdgDemoApi, a: status, b: duration in ms */
  EVENT_STEP,         /* key: PdgDemoStep */
  EVENT_ERROR,        /* key: PdgDemoError */
  EVENT_PERFORMANCE,  /* a: LCP in ms, b: INP in ms, c: CLS in thousandths, d: TTFB in ms */
} PdgDemoEventType;

typedef enum
{
  STATE_CART_ITEMS,      /* number */
  STATE_CART_TOTAL,      /* cents */
  STATE_WISH_ITEMS,      /* number */
  STATE_SEARCH_QUERY,    /* index of a search term */
  STATE_CATEGORY_SORT,   /* text, as all the following */
  STATE_PRODUCT_COLOUR,
  STATE_SHIPPING_METHOD,
  STATE_PAYMENT_METHOD,
  STATE_PAYMENT_ERROR,
  STATE_PAYMENT_STATUS,
  STATE_CHECKOUT_MODE,
  STATE_ORDER_STATUS,
  STATE_HELP_TOPIC,
  STATE_SESSION_USER,
  N_STATE_KEYS,
} PdgDemoStateKey;

#define STATE_NULL G_MININT32

typedef enum
{
  TEXT_NEWEST,
  TEXT_PRICE,
  TEXT_SAND,
  TEXT_MOSS,
  TEXT_CLAY,
  TEXT_STANDARD,
  TEXT_EXPRESS,
  TEXT_CARD,
  TEXT_PAYPAL,
  TEXT_INVOICE,
  TEXT_DECLINED,
  TEXT_UNAVAILABLE,
  TEXT_AUTHORISED,
  TEXT_GUEST,
  TEXT_PLACED,
  TEXT_RETURNS,
  TEXT_DELIVERY,
  TEXT_SIGNED_IN,
  N_TEXTS,
} PdgDemoText;

typedef enum
{
  API_COLLECTIONS,
  API_SEARCH,
  API_CATEGORY,
  API_PRODUCT,
  API_REVIEWS,
  API_CART,
  API_CART_ADD,
  API_SESSION,
  API_ACCOUNT,
  API_ADDRESS,
  API_PAYMENT,
  API_ORDER,
  API_ORDERS,
  API_HELP,
  API_WISH_ADD,
  N_APIS,
} PdgDemoApi;

typedef enum
{
  STEP_CART,
  STEP_IDENTIFY,
  STEP_SHIPPING,
  STEP_PAYMENT,
  STEP_REVIEW,
  STEP_DONE,
  STEP_SIGN_UP_FORM,
  STEP_SIGN_UP_DONE,
  N_STEPS,
} PdgDemoStep;

typedef enum
{
  ERROR_PAYMENT_GATEWAY,
  ERROR_CARD_DECLINED,
  ERROR_WRONG_PASSWORD,
  ERROR_IMAGE,
  ERROR_SEARCH_TIMEOUT,
  N_ERRORS,
} PdgDemoError;

typedef struct
{
  gint64 at_usec;
  gint32 a, b, c, d;
  guint32 sequence;
  guint16 item;  /* index of the page's product, category or search term */
  guint8 type;
  guint8 screen;
  guint8 part;
  guint8 key;
  guint8 signed_in;
} PdgDemoEvent;

/* Lives through the visitor's session and appends its events (PdgDemoEvent) to @events: times strictly grow in whole
 * milliseconds, the sequence counts from 1. Pure. */
void pdg_demo_session_run (const PdgDemoVisitor *visitor, GArray *events);

G_END_DECLS

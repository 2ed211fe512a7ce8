#include "config.h"
#include "demo/pdg-demo-run.h"

#define MAX_PAYMENT_TRIES 3

/* Where a visitor who has just said who they are wanted to go. */
static PdgDemoScreenId
get_target (PdgDemoRun *run)
{
  if (run->buying)
    return SCREEN_SHIPPING;
  if (run->visitor->intent == INTENT_SUPPORT || pdg_demo_random_chance (&run->random, 0.3))
    return SCREEN_ORDERS;
  return pdg_demo_random_chance (&run->random, 0.4) ? SCREEN_WISH_LIST : SCREEN_HOME;
}

static PdgDemoScreenId
follow_edge (PdgDemoRun *run)
{
  const PdgDemoEdge *edge = pdg_demo_run_choose (run);

  if (edge->to != SCREEN_EXIT)
    pdg_demo_run_act (run, EVENT_CLICK, edge->part);
  return edge->to;
}

static void
become_user (PdgDemoRun *run)
{
  run->signed_in = TRUE;
  pdg_demo_run_set (run, STATE_SESSION_USER, STATE_NULL, TEXT_SIGNED_IN);
}

PdgDemoScreenId
pdg_demo_run_sign_in (PdgDemoRun *run)
{
  double knows = run->visitor->has_account ? 0.88 : 0.03;

  if (run->buying)
    pdg_demo_run_step (run, STEP_IDENTIFY);
  if (pdg_demo_random_chance (&run->random, knows))
    {
      int tries = pdg_demo_random_chance (&run->random, 0.09) ? 2 : 1;

      pdg_demo_run_fill (run, PART_SIGN_IN_EMAIL, 3500);
      for (int i = 1; i <= tries; i++)
        {
          pdg_demo_run_fill (run, PART_SIGN_IN_PASSWORD, 2800);
          pdg_demo_run_act (run, EVENT_SUBMIT, PART_SIGN_IN_SUBMIT);
          pdg_demo_run_call (run, API_SESSION, i < tries ? 401 : 200, 180);
          if (i < tries)
            pdg_demo_run_fail (run, ERROR_WRONG_PASSWORD);
        }
      become_user (run);
      return get_target (run);
    }
  if (run->buying && pdg_demo_random_chance (&run->random, 0.62))
    {
      pdg_demo_run_act (run, EVENT_CLICK, PART_SIGN_IN_GUEST);
      pdg_demo_run_set (run, STATE_CHECKOUT_MODE, STATE_NULL, TEXT_GUEST);
      return SCREEN_SHIPPING;
    }
  return follow_edge (run);
}

PdgDemoScreenId
pdg_demo_run_create_account (PdgDemoRun *run)
{
  pdg_demo_run_step (run, STEP_SIGN_UP_FORM);
  pdg_demo_run_fill (run, PART_CREATE_NAME, 3800);
  if (pdg_demo_random_chance (&run->random, 0.12))
    return follow_edge (run);
  pdg_demo_run_fill (run, PART_CREATE_EMAIL, 4500);
  pdg_demo_run_fill (run, PART_CREATE_PASSWORD, 5200);
  if (pdg_demo_random_chance (&run->random, 0.11))
    return follow_edge (run);
  pdg_demo_run_act (run, EVENT_SUBMIT, PART_CREATE_SUBMIT);
  pdg_demo_run_call (run, API_ACCOUNT, 201, 320);
  become_user (run);
  pdg_demo_run_step (run, STEP_SIGN_UP_DONE);
  return get_target (run);
}

PdgDemoScreenId
pdg_demo_run_shipping (PdgDemoRun *run)
{
  const PdgDemoEdge *edge;

  pdg_demo_run_step (run, STEP_SHIPPING);
  if (!run->signed_in)
    {
      pdg_demo_run_fill (run, PART_SHIPPING_NAME, 4200);
      pdg_demo_run_fill (run, PART_SHIPPING_STREET, 5600);
      pdg_demo_run_fill (run, PART_SHIPPING_CITY, 3600);
    }
  pdg_demo_run_wait (run, 9000);
  edge = pdg_demo_run_choose (run);
  if (edge->to == SCREEN_EXIT)
    return SCREEN_EXIT;
  if (edge->to != SCREEN_PAYMENT)
    {
      pdg_demo_run_act (run, EVENT_CLICK, edge->part);
      return edge->to;
    }
  if (pdg_demo_random_chance (&run->random, 0.22))
    {
      pdg_demo_run_act (run, EVENT_CLICK, PART_SHIPPING_METHOD);
      pdg_demo_run_set (run, STATE_SHIPPING_METHOD, TEXT_STANDARD, TEXT_EXPRESS);
    }
  pdg_demo_run_act (run, EVENT_SUBMIT, PART_SHIPPING_SUBMIT);
  pdg_demo_run_call (run, API_ADDRESS, 200, 140);
  return SCREEN_PAYMENT;
}

static void
choose_method (PdgDemoRun *run, gint32 method)
{
  if (run->payment_method == method)
    return;
  pdg_demo_run_act (run, EVENT_CLICK, PART_PAYMENT_METHOD);
  pdg_demo_run_set (run, STATE_PAYMENT_METHOD, run->payment_method, method);
  run->payment_method = method;
}

static void
set_payment_error (PdgDemoRun *run, gint32 error)
{
  if (run->payment_error == error)
    return;
  pdg_demo_run_set (run, STATE_PAYMENT_ERROR, run->payment_error, error);
  run->payment_error = error;
}

/* Sends the payment once; TRUE when it went through. Here is the fault of release 2.4.0: no card gets through. */
static gboolean
try_payment (PdgDemoRun *run)
{
  gboolean card = run->payment_method == TEXT_CARD;

  pdg_demo_run_act (run, EVENT_SUBMIT, PART_PAYMENT_SUBMIT);
  if (card && run->visitor->release == RELEASE_2_4_0)
    {
      pdg_demo_run_call (run, API_PAYMENT, 502, 4200);
      pdg_demo_run_fail (run, ERROR_PAYMENT_GATEWAY);
      set_payment_error (run, TEXT_UNAVAILABLE);
      return FALSE;
    }
  if (card && pdg_demo_random_chance (&run->random, 0.035))
    {
      pdg_demo_run_call (run, API_PAYMENT, 402, 900);
      pdg_demo_run_fail (run, ERROR_CARD_DECLINED);
      set_payment_error (run, TEXT_DECLINED);
      return FALSE;
    }
  pdg_demo_run_call (run, API_PAYMENT, 201, 620);
  set_payment_error (run, STATE_NULL);
  pdg_demo_run_set (run, STATE_PAYMENT_STATUS, STATE_NULL, TEXT_AUTHORISED);
  return TRUE;
}

/* What a visitor does whose payment failed: tries again, takes another way to pay (both: FALSE), or gives up (TRUE). */
static gboolean
gives_up (PdgDemoRun *run)
{
  double leave = run->payment_error == TEXT_DECLINED ? 0.18 : 0.66;

  if (pdg_demo_random_chance (&run->random, leave))
    return TRUE;
  if (pdg_demo_random_chance (&run->random, 0.2))
    choose_method (run, TEXT_PAYPAL);
  else
    pdg_demo_run_fill (run, PART_PAYMENT_CODE, 2600);
  return FALSE;
}

PdgDemoScreenId
pdg_demo_run_payment (PdgDemoRun *run)
{
  pdg_demo_run_step (run, STEP_PAYMENT);
  if (run->payment_method == STATE_NULL)
    {
      static const double shares[] = { 76, 18, 6 };

      choose_method (run, TEXT_CARD + (gint32) pdg_demo_random_pick (&run->random, shares, G_N_ELEMENTS (shares)));
    }
  if (pdg_demo_random_chance (&run->random, 0.11))
    return follow_edge (run);
  if (run->payment_method == TEXT_CARD)
    {
      pdg_demo_run_fill (run, PART_PAYMENT_NUMBER, 7500);
      pdg_demo_run_fill (run, PART_PAYMENT_EXPIRY, 2600);
      pdg_demo_run_fill (run, PART_PAYMENT_CODE, 2400);
    }
  for (int i = 0; i < MAX_PAYMENT_TRIES; i++)
    {
      if (try_payment (run))
        return SCREEN_REVIEW_ORDER;
      pdg_demo_run_wait (run, 6000);
      if (gives_up (run))
        break;
    }
  if (!pdg_demo_random_chance (&run->random, 0.06))
    return SCREEN_EXIT;
  pdg_demo_run_act (run, EVENT_CLICK, PART_HELP_LINK);
  return SCREEN_HELP;
}

PdgDemoScreenId
pdg_demo_run_review_order (PdgDemoRun *run)
{
  const PdgDemoEdge *edge;

  pdg_demo_run_step (run, STEP_REVIEW);
  pdg_demo_run_wait (run, 7000);
  edge = pdg_demo_run_choose (run);
  if (edge->to == SCREEN_EXIT)
    return SCREEN_EXIT;
  if (edge->to != SCREEN_DONE)
    {
      pdg_demo_run_act (run, EVENT_CLICK, edge->part);
      return edge->to;
    }
  pdg_demo_run_act (run, EVENT_SUBMIT, PART_REVIEW_SUBMIT);
  pdg_demo_run_call (run, API_ORDER, 201, 540);
  return SCREEN_DONE;
}

#pragma once

#include <sys/epoll.h>

#include "http/pdg-http-lane.h"
#include "http/pdg-http-plain.h"
#include "http/pdg-http-private.h"

G_BEGIN_DECLS

#define PDG_HTTP_LANE_BODY_MAX (64 * 1024)

/* Requests that one thread answers together, at most. */
#define PDG_HTTP_LANE_TOGETHER 16

typedef struct _PdgHttpLaneThread PdgHttpLaneThread;

/* Who answers a request whose handler need not. */
typedef enum
{
  PDG_HTTP_LEFT_NOT,      /* the thread that runs it still has it */
  PDG_HTTP_LEFT_WAITS,    /* whoever has the answer */
  PDG_HTTP_LEFT_ANSWERED, /* whoever saw the state before */
  PDG_HTTP_LEFT_GONE,     /* nobody: the server has ended */
} PdgHttpLeft;

/* What an answer is written with. */
typedef struct
{
  GString *head;
  gint64 date_sec;
  char *date;
} PdgHttpLaneWriter;

/* Whose turn it is with a connection. */
typedef enum
{
  PDG_HTTP_LANE_BUSY,   /* the thread's that claimed it */
  PDG_HTTP_LANE_PARKED, /* nobody's: the epoll set is armed for it */
  PDG_HTTP_LANE_DUE,    /* the same, and its time is up: whoever claims it ends it */
} PdgHttpLaneTurn;

struct _PdgHttpLane
{
  PdgHttpServer *server;
  guint n_threads;
  GThread **threads;
  GThread *watcher;
  int epoll_fd; /* each connection for one event */
  int watch_fd; /* each connection for its end */
  int quit_fd;  /* readable when the threads shall end */
  int wake_fd;  /* of the watcher */
  int stopping; /* atomic, as the next */
  int n_busy;
  int n_running; /* atomic, as the next two: requests that run, and one more while somebody wants to */
  int n_ended;
  int n_started;
  int n_awake; /* atomic: threads that take what comes, or are about to */
  int looking; /* the watcher looks how they get on */

  GMutex lock; /* what follows */
  GHashTable *connections; /* by their number */
  guint64 last_number;
  gint64 armed_usec; /* when the watcher looks at the deadlines next */
  GCond ended;  /* a request, while somebody waits for that */
  GCond wanted; /* one of the threads that sleep */
  guint n_ready;  /* as long as nothing waits for long */
  guint n_wanted; /* of them, called and not yet up */
  gboolean threads_quit;
  gint64 look_usec; /* at how they get on; G_MAXINT64: nobody runs anything */
  int n_ended_then; /* of the last look */
  int n_waiting; /* atomic, as the next */
  int n_left;    /* requests that are answered later, and are not yet */
  gboolean watcher_quits;
  gboolean cut_off; /* atomic */
};

struct _PdgHttpLaneConnection
{
  PdgHttpLane *lane;
  PdgHttpWorker *worker; /* that accepted it */
  GSocketAddress *remote_address;
  char *remote; /* a GRefString */
  gboolean is_loopback;
  int fd;
  guint64 number;
  int turn;             /* atomic, as the next four */
  int gone;             /* the client sends nothing more */
  int cut_off;          /* the server does not wait for the request any longer */
  gint64 deadline_usec; /* while it is parked */
  int phase;            /* a PdgHttpPhase; WORK while it is busy */

  GCancellable *cancellable; /* set once by whoever has the connection, under the lane's lock */

  /* whoever has the connection */
  PdgHttpLaneThread *thread; /* which that is */
  GByteArray *pending; /* a part of a request (nullable) */
  GBytes *unsent;      /* the rest of an answer (nullable) */
  gboolean close_after;
  gboolean begun;      /* a request whose head is read */
  PdgHttpRoute *reading; /* of the request that is pending, once its head is (nullable) */

  PdgHttpRequest *left; /* under the lane's lock: it is answered later (borrowed, nullable) */
};

/* What one connection sent, and the request in it while that is left to be answered with others. */
typedef struct
{
  char *text;
  PdgHttpPlain plain; /* points into it */
  PdgHttpLaneConnection *connection;
  PdgHttpRoute *route;
  PdgHttpRequest *request;
} PdgHttpLaneSlot;

/* What one of the threads keeps for itself. */
struct _PdgHttpLaneThread
{
  PdgHttpLane *lane;
  gsize text_bytes; /* of a slot */
  PdgHttpLaneWriter writer;

  struct epoll_event events[PDG_HTTP_LANE_TOGETHER]; /* connections that have something to say */
  guint n_events;
  guint n_taken; /* of them */
  PdgHttpLaneSlot slots[PDG_HTTP_LANE_TOGETHER];
  guint n_deferred;    /* slots whose request waits for the others; the next one is for what is being read */
  gboolean entered;    /* see pdg_http_lane_enter() */
  gboolean is_last;    /* what is being answered now is all that its connection has sent */
  gboolean is_quick;   /* the last request was one that can be answered together with others */
};

/* What became of a connection's turn. */
typedef enum
{
  PDG_HTTP_LANE_READ,  /* to be armed again for reading */
  PDG_HTTP_LANE_WRITE,
  PDG_HTTP_LANE_CLOSE,
  PDG_HTTP_LANE_GIVEN, /* to a worker: it is freed */
  PDG_HTTP_LANE_DEFERRED, /* to be answered with others: its turn goes on */
  PDG_HTTP_LANE_LEFT, /* to be answered by another thread: its turn is that one's */
} PdgHttpLaneResult;

/* pdg-http-lane-serve.c: reads what there is and answers it. @is_due: its time is up. */
PdgHttpLaneResult pdg_http_lane_serve (PdgHttpLaneThread *thread, PdgHttpLaneConnection *connection, gboolean is_due);

/* The same file: answers what was deferred. */
void              pdg_http_lane_answer_deferred (PdgHttpLaneThread *thread);

/* The same file: takes the requests that were left from those who have them; who is answering one right now ends that. */
void              pdg_http_lane_abandon_left (PdgHttpLane *lane);

/* pdg-http-lane.c: leaves the connections that were not yet looked at to the other threads. */
void              pdg_http_lane_release (PdgHttpLaneThread *thread);

/* pdg-http-lane.c: what becomes of a connection when its turn is over. */
void              pdg_http_lane_end_turn (PdgHttpLane *lane, PdgHttpLaneConnection *connection, PdgHttpLaneResult result);

/* pdg-http-lane.c: takes the connection out of the lane, and frees it. */
void              pdg_http_lane_close (PdgHttpLaneConnection *connection);
PdgHttpLaneResult pdg_http_lane_give  (PdgHttpLaneConnection *connection, PdgHttpHandoverKind kind, const char *text, gsize len);

/* A request whose head is read is waited for when the server stops. */
void              pdg_http_lane_begin_request (PdgHttpLaneConnection *connection);
void              pdg_http_lane_end_request   (PdgHttpLaneConnection *connection);

/* One thread more than may run at once: so there is always one that takes what comes, and gives it away when all others have been at
 * work for long. FALSE then. */
gboolean          pdg_http_lane_enter (PdgHttpLane *lane);
void              pdg_http_lane_leave (PdgHttpLane *lane);

/* pdg-http-lane-serve.c: answers a request that had only begun. FALSE when there is none. */
gboolean          pdg_http_lane_cut_off (PdgHttpLaneConnection *connection);

/* The lane's own deadline of a phase, from @now_usec. */
void              pdg_http_lane_set_phase (PdgHttpLaneConnection *connection, PdgHttpPhase phase, gint64 now_usec);

G_END_DECLS

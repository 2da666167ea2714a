"""The figures that Prometheus reads from ``/metrics``."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

TURNS = Counter("madoguchi_turns_total", "Answered messages by the kind of the answer", ["kind"])
TURN_SECONDS = Histogram(
    "madoguchi_turn_seconds",
    "Seconds the engine took for a message",
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
ENGINE_FAILURES = Counter(
    "madoguchi_engine_failures_total", "Messages the engine did not answer", ["reason"]
)
REQUESTS = Counter("madoguchi_requests_total", "Requests", ["method", "route", "status"])
REFUSED = Counter("madoguchi_refused_total", "Refused requests", ["reason"])
OPEN_STREAMS = Gauge("madoguchi_open_streams", "Open event streams")
DELIVERIES = Counter(
    "madoguchi_deliveries_total", "Tries to deliver by channel and end", ["channel", "result"]
)
DELIVERY_SECONDS = Histogram(
    "madoguchi_delivery_seconds", "Seconds a try to deliver took", ["channel"]
)
CHANNEL_EVENTS = Counter(
    "madoguchi_channel_events_total", "Events of messaging channels by kind", ["channel", "kind"]
)
CLOSED = Counter("madoguchi_closed_total", "Conversations closed after a long silence")
CALLS = Counter("madoguchi_calls_total", "People called to a chat, by the reason", ["reason"])
RETURNED = Counter(
    "madoguchi_returned_total", "Chats put back into the queue because their agent was silent"
)
DISTRIBUTED = Counter("madoguchi_distributed_total", "Waiting chats given to agents by themselves")
RATINGS = Counter("madoguchi_ratings_total", "Ratings given or changed, by the score", ["score"])
NOTIFICATIONS = Counter(
    "madoguchi_notifications_total",
    "Tries to tell by e-mail or webhook, and how they ended",
    ["via", "result"],
)

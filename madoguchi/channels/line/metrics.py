"""LINE's figures for Prometheus."""

from __future__ import annotations

from prometheus_client import Gauge

QUOTA_LIMIT = Gauge(
    "madoguchi_line_quota_limit",
    "Messages that LINE lets be pushed this month; +Inf for any number",
)
QUOTA_USED = Gauge("madoguchi_line_quota_used", "Messages pushed this month, as far as is known")

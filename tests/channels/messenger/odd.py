"""JSON that looks a little like a webhook."""

from __future__ import annotations

from hypothesis import strategies as st

ODD_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["image", "location", "signed/1/2", "\ud800", "a\x00b"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "object", "entry", "messaging", "standby", "changes", "value", "id", "time",
                    "sender", "recipient", "timestamp", "message", "mid", "text", "attachments",
                    "type", "payload", "url", "coordinates", "lat", "long", "title", "quick_reply",
                    "postback", "is_echo", "is_deleted", "metadata", "app_id", "sticker_id",
                    "read", "delivery", "reaction",
                ]
            )
            | st.text(max_size=3),
            inner,
            max_size=5,
        )
    ),
    max_leaves=25,
)  # fmt: skip

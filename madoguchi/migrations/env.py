"""Alembic's entry: runs the migrations on the connection that madoguchi.database hands over."""

from alembic import context

# Importing them registers the tables.
from madoguchi.channels.line import tables as line  # noqa: F401
from madoguchi.conversations import channel_tables as channels  # noqa: F401
from madoguchi.conversations import lease_tables as leases  # noqa: F401
from madoguchi.conversations import tables as conversations  # noqa: F401
from madoguchi.database import Base
from madoguchi.desk import search_tables as search  # noqa: F401
from madoguchi.desk import tables as desk  # noqa: F401
from madoguchi.media import tables as media  # noqa: F401
from madoguchi.notifications import tables as notifications  # noqa: F401
from madoguchi.systems.embedded import tables as systems  # noqa: F401

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()

"""Alembic's entry: runs the migrations on the connection that madoguchi.database hands over."""

from alembic import context

from madoguchi.conversations import tables  # noqa: F401  (its import registers the tables)
from madoguchi.database import Base

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()

"""The database: schema, migrations, and the ports of the services over SQLite and PostgreSQL."""

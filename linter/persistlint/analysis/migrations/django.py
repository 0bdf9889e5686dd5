def migration_of(syntax, dialect):
    return None

-- Functions that keep an archive of old rows: PostgreSQL.

-- Good: %I quotes the name, the date is bound.
CREATE FUNCTION archive_rows(p_table text, p_before date) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  moved bigint;
BEGIN
  EXECUTE format(
    'WITH old AS (DELETE FROM %I WHERE created_at < $1 RETURNING *) INSERT INTO %I SELECT * FROM old',
    p_table, p_table || '_archive'
  ) USING p_before;
  GET DIAGNOSTICS moved = ROW_COUNT;
  RETURN moved;
END
$$;

-- Bad: whoever calls this function may run anything with the rights of its owner.
CREATE FUNCTION archived_count(p_table text) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = archive AS $$
DECLARE
  found bigint;
BEGIN
  EXECUTE 'SELECT count(*) FROM ' || p_table INTO found;
  RETURN found;
END
$$;

-- Bad: %s puts the reason into the statement as it is.
CREATE FUNCTION archived_for(p_reason text) RETURNS SETOF bigint LANGUAGE plpgsql AS $$
BEGIN
  RETURN QUERY EXECUTE format('SELECT id FROM archive.orders WHERE reason = ''%s''', p_reason);
END
$$;

-- Good: a regclass is the name of a table that exists, a number is a number.
CREATE FUNCTION sample(p_table regclass, p_limit integer) RETURNS SETOF bigint LANGUAGE plpgsql AS $$
BEGIN
  RETURN QUERY EXECUTE format('SELECT id FROM %s LIMIT %s', p_table, p_limit);
END
$$;

-- Bad: the condition grows by what the caller sends.
CREATE FUNCTION search_archive(p_customer text, p_status text) RETURNS SETOF bigint LANGUAGE plpgsql AS $$
DECLARE
  query text := 'SELECT id FROM archive.orders WHERE true';
BEGIN
  IF p_customer IS NOT NULL THEN
    query := query || ' AND customer = ' || quote_literal(p_customer);
  END IF;
  IF p_status IS NOT NULL THEN
    query := query || ' AND status = ''' || p_status || '''';
  END IF;
  RETURN QUERY EXECUTE query;
END
$$;

-- Good: a fixed list of tables.
DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['orders', 'invoices', 'shipments'] LOOP
    EXECUTE format('ANALYZE archive.%I', t);
  END LOOP;
END
$$;

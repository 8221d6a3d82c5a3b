-- What `install` runs: one statement, so that all of it is done or nothing. {schema}, {t} and {version} are replaced;
-- {t} is the schema with the prefix of the tables.
DO $kit$
DECLARE
    found integer;
BEGIN
    -- Several processes may start at once.
    PERFORM pg_advisory_xact_lock(hashtextextended('{t}kit', 0));
    IF to_regnamespace('{schema}') IS NULL THEN
        CREATE SCHEMA {schema};
    END IF;
    IF to_regclass('{t}version') IS NULL THEN
        CREATE TABLE {t}version (version integer NOT NULL);
        INSERT INTO {t}version VALUES (0);
    END IF;
    SELECT version INTO STRICT found FROM {t}version;
    IF found > {version} THEN
        RAISE EXCEPTION 'the tables of kit-postgres have version %, and this program knows up to {version}', found;
    END IF;

    IF found < 1 THEN
        CREATE TABLE {t}session (
            key text COLLATE "C" PRIMARY KEY,
            version bigint NOT NULL,
            needs_authorization boolean NOT NULL,
            -- Who wrote the row: a random number for each attempt to save.
            writer bytea NOT NULL,
            record bytea NOT NULL,
            saved_at timestamptz NOT NULL DEFAULT now()
        );
        CREATE INDEX {prefix}session_needs_authorization ON {t}session (key) WHERE needs_authorization;
        CREATE TABLE {t}secret (
            number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            name text COLLATE "C" NOT NULL,
            secret bytea NOT NULL,
            -- Null for the newest.
            ends_at timestamptz
        );
        CREATE INDEX {prefix}secret_name ON {t}secret (name);
        -- Of two rotations at the same moment, the later one ends the secret of the other.
        CREATE UNIQUE INDEX {prefix}secret_newest ON {t}secret (name) WHERE ends_at IS NULL;

        CREATE TABLE {t}budget (
            name text COLLATE "C" PRIMARY KEY,
            version bigint NOT NULL,
            budget bytea NOT NULL
        );

        CREATE TABLE {t}log_cursor (
            name text COLLATE "C" PRIMARY KEY,
            log_cursor text NOT NULL
        );

        CREATE TABLE {t}event (
            number bigint GENERATED ALWAYS AS IDENTITY,
            source text COLLATE "C" NOT NULL,
            id text COLLATE "C" NOT NULL,
            subscriber bigint,
            -- Null when an event that was handled is old.
            content bytea,
            received_at timestamptz NOT NULL DEFAULT now(),
            -- 0 waits or is being handled, 1 was handled, 2 was set aside.
            state smallint NOT NULL DEFAULT 0,
            -- When it may be claimed: while it is being handled, when the lease ends.
            due_at timestamptz NOT NULL DEFAULT now(),
            attempts integer NOT NULL DEFAULT 0,
            token bytea,
            last_error text,
            done_at timestamptz,
            PRIMARY KEY (source, id)
        );
        CREATE UNIQUE INDEX {prefix}event_waiting ON {t}event (number) WHERE state = 0;
        CREATE INDEX {prefix}event_subscriber ON {t}event (source, subscriber, number) WHERE state = 0;
        CREATE INDEX {prefix}event_done ON {t}event (done_at) WHERE state = 1;
        CREATE INDEX {prefix}event_content ON {t}event (done_at) WHERE state = 1 AND content IS NOT NULL;
        CREATE INDEX {prefix}event_set_aside ON {t}event (number) WHERE state = 2;

        UPDATE {t}version SET version = 1;
    END IF;
END
$kit$

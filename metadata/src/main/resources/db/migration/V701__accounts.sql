-- tells installations on one machine apart, such as in the names of cookies
CREATE TABLE installation (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  id  text NOT NULL
);
INSERT INTO installation (id) VALUES (substr(md5(gen_random_uuid()::text), 1, 8));

CREATE TABLE account (
  name          text PRIMARY KEY,
  full_name     text NOT NULL DEFAULT '',
  issuer        text NOT NULL DEFAULT '',
  subject       text NOT NULL DEFAULT '',
  password_hash text NOT NULL DEFAULT '',
  roles         text[] NOT NULL,
  teams         text[] NOT NULL,
  clearances    text[] NOT NULL,
  disabled      boolean NOT NULL DEFAULT false,
  created_at    timestamptz NOT NULL DEFAULT now(),
  updated_at    timestamptz NOT NULL DEFAULT now(),
  signed_in_at  timestamptz
);
CREATE UNIQUE INDEX account_identity ON account (issuer, subject) WHERE issuer <> '';

CREATE TABLE session (
  hash       bytea PRIMARY KEY,
  account    text NOT NULL REFERENCES account ON DELETE CASCADE,
  method     text NOT NULL,
  address    text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  used_at    timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX session_account ON session (account);

CREATE TABLE sign_in_code (
  hash       bytea PRIMARY KEY,
  account    text NOT NULL REFERENCES account ON DELETE CASCADE,
  expires_at timestamptz NOT NULL
);

-- without an account: a service's
CREATE TABLE access_token (
  name       text PRIMARY KEY,
  hash       bytea NOT NULL UNIQUE,
  account    text REFERENCES account ON DELETE CASCADE,
  roles      text[] NOT NULL,
  teams      text[] NOT NULL,
  clearances text[] NOT NULL,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz,
  used_at    timestamptz
);
CREATE INDEX access_token_account ON access_token (account);

-- what is under way when the process dies stays 'begun'
ALTER TABLE access_log DROP CONSTRAINT access_log_outcome_check;
ALTER TABLE access_log ADD CONSTRAINT access_log_outcome_check
  CHECK (outcome IN ('begun', 'done', 'refused', 'failed'));
CREATE INDEX access_log_owner ON access_log (owner, id) WHERE owner <> '';

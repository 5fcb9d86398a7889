import { describe, expect, it } from 'vitest';
import { forChecking, NEW, readForm, withFields } from '../../src/connections/document';
import { remedyOf } from '../../src/connections/remedy';
import { chosenBy, obstacleTo, toggled, withSchema, type Choosable, type Selection } from '../../src/connections/selection';
import { bytesOf, size } from '../../src/connections/size';
import { parseAddress } from '../../src/connections/uri';

describe('a message of a check', () => {
  it('is taken apart into cause, statements and the rest', () => {
    expect(
      remedyOf("Cannot capture connection 'x': the server's wal_level is 'replica', and changes can only be told from 'logical'. Run: ALTER SYSTEM SET wal_level = 'logical'; and restart the server."),
    ).toEqual({
      cause: "The server's wal_level is 'replica', and changes can only be told from 'logical'.",
      statements: ["ALTER SYSTEM SET wal_level = 'logical';"],
      rest: 'Then restart the server.',
    });
  });

  it('keeps statements with semicolons in quotes whole, and takes several', () => {
    const { statements } = remedyOf(`Cannot capture table 'public.t' of connection 'x': user 'a;b' may not read it. Run: GRANT USAGE ON SCHEMA "a;b" TO "r"; GRANT SELECT ON "a;b"."t" TO "r";`);
    expect(statements).toEqual(['GRANT USAGE ON SCHEMA "a;b" TO "r";', 'GRANT SELECT ON "a;b"."t" TO "r";']);
  });

  it('that names no statement is a cause alone', () => {
    expect(remedyOf("Cannot reach connection 'x': nothing listens there.")).toEqual({ cause: 'Nothing listens there.', statements: [], rest: '' });
  });
});

describe('an address', () => {
  it('is read without its password', () => {
    expect(parseAddress('postgresql://me:p%40ss@db.example.com:6543/my%20db?sslmode=verify-full')).toEqual({
      host: 'db.example.com',
      port: 6543,
      database: 'my db',
      user: 'me',
      hadPassword: true,
      tls: 'verify_full',
    });
  });

  it('has a usual port, and may be of IPv6', () => {
    expect(parseAddress('postgres://me@[::1]/x')).toMatchObject({ host: '::1', port: 5432, hadPassword: false });
    expect(parseAddress('mysql://me@x/y')).toBeNull();
  });
});

describe('a document', () => {
  it('is changed where the form says and nowhere else', () => {
    const text = '# ours\n' + NEW + 'wal: {limit: 5GB} # small disk\n';
    const changed = withFields(text, { name: 'studio', port: '6000', password: { env: 'BACKLOT_SECRET_X' }, include: ['public.movie'], keyless: 'append' });
    expect(changed).toContain('# ours');
    expect(changed).toContain('# small disk');
    expect(readForm(changed).form).toMatchObject({ name: 'studio', port: '6000', password: { env: 'BACKLOT_SECRET_X' }, include: ['public.movie'], keyless: 'append' });
    expect(withFields(changed, { keyless: 'refuse' })).not.toContain('keyless');
  });

  it('that is no YAML is told', () => {
    expect(readForm('name: [').error).not.toBe('');
  });

  it('is checked whatever tables it names', () => {
    expect(readForm(forChecking(withFields(NEW, { include: ['a.b'] }))).form.include).toEqual(['*.*']);
  });
});

const TABLE: Choosable = { name: 'public.movie', schema: 'public', keyless: '', full_row: false, partitioned: false, obstacle: '' };
const KEYLESS: Choosable = { ...TABLE, name: 'public.note', keyless: 'it has no key' };
const NONE: Selection = { include: [], exclude: [], keyless: 'refuse' };

describe('a choice of tables', () => {
  it('names single tables, or a schema with exceptions', () => {
    expect(toggled(NONE, TABLE, true).include).toEqual(['public.movie']);
    const whole = withSchema(NONE, 'public', [TABLE, KEYLESS], true);
    expect(whole).toMatchObject({ include: ['public.*'], exclude: ['public.note'] });
    expect(chosenBy(whole, TABLE)).toBe('pattern');
    expect(chosenBy(whole, KEYLESS)).toBeNull();
    const without = toggled(whole, TABLE, false);
    expect(without.exclude).toEqual(['public.note', 'public.movie']);
    expect(toggled(without, TABLE, true).exclude).toEqual(['public.note']);
    expect(withSchema(without, 'public', [TABLE, KEYLESS], false)).toMatchObject({ include: [], exclude: [] });
  });

  it('quotes what is not plain, and takes no star in quotes for a pattern', () => {
    const odd: Choosable = { ...TABLE, schema: 'My "s"', name: '"My ""s"""."a*b"' };
    expect(withSchema(NONE, 'My "s"', [odd], true).include).toEqual(['"My ""s"""."a*b"'.replace('"a*b"', '*')]);
    expect(chosenBy({ ...NONE, include: ['"My ""s""".*'] }, odd)).toBe('pattern');
    expect(chosenBy({ ...NONE, include: ['public."a*"'] }, { ...TABLE, name: 'public.abc' })).toBeNull();
  });

  it('says what is in the way of a table without a key', () => {
    expect(obstacleTo('refuse', KEYLESS)).toBe('it has no key');
    expect(obstacleTo('append', KEYLESS)).toBe('');
    expect(obstacleTo('full_row', KEYLESS)).toContain('REPLICA IDENTITY FULL');
    expect(obstacleTo('full_row', { ...KEYLESS, full_row: true })).toBe('');
    expect(obstacleTo('append', { ...TABLE, obstacle: 'unlogged' })).toBe('unlogged');
  });
});

describe('a size', () => {
  it('is written in its unit and read as documents write it', () => {
    expect(size(1_234)).toBe('1.2 kB');
    expect(size(50_000_000_000)).toBe('50 GB');
    expect(size(null)).toBe('unknown');
    expect(bytesOf('10GB')).toBe(10_000_000_000);
    expect(bytesOf('512MiB')).toBe(512 * 1024 * 1024);
    expect(bytesOf('x')).toBeNull();
  });
});

import { describe, expect, it } from 'vitest';
import { returnTo } from '../../src/access/returnTo';

describe('where one goes after signing in', () => {
  it('is a path of this site, with its query', () => {
    expect(returnTo('/sources/a%2Fb?tab=data#x')).toBe('/sources/a%2Fb?tab=data#x');
  });

  it('is home for anything else', () => {
    for (const asked of [
      null,
      '',
      'https://evil.example',
      '//evil.example',
      '/\\evil.example',
      '/\t/evil.example',
      '/%09/evil.example\n',
      'javascript:alert(1)',
      '/x/..//evil.example',
      '/sign-in?to=/x',
    ]) {
      expect(returnTo(asked)).toBe('/');
    }
  });
});

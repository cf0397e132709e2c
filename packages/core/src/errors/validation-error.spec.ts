import { ValidationError } from './validation-error.js';

describe('a ValidationError', () => {
  test('says which message, and every sentence, with the way to fields that lie deeper', () => {
    const error = new ValidationError('request of orders.place', [
      { path: 'name', messages: ['name must be a string', 'name is too short'] },
      { path: 'lines[2].sku', messages: ['sku must be a string'] },
    ]);
    expect(error.message).toBe(
      'request of orders.place is not valid: name must be a string, name is too short; lines[2].sku: sku must be a string',
    );
    expect(error).toMatchObject({ code: 'SKERRY_VALIDATION_FAILED', status: 'INVALID_ARGUMENT', retryable: false });
  });

  test('shows ten fields in its text, and carries all', () => {
    const fields = Array.from({ length: 25 }, (_, i) => ({ path: `f${i}`, messages: [`f${i} is wrong`] }));
    const error = new ValidationError('reply of a.b', fields);
    expect(error.message).toContain('f9 is wrong; 15 more');
    expect(error.message).not.toContain('f10');
    expect(error.fields).toEqual(fields);
  });

  test.each([[undefined], ['all'], [{ length: 1 }]])('has no fields when a peer says they are %p', (fields) => {
    const error = new ValidationError('request', []);
    Object.defineProperty(error, 'details', { value: { fields } });
    expect(error.fields).toEqual([]);
  });

  test('leaves out what is no field when a peer mixes it in', () => {
    const good = { path: 'a', messages: ['a is wrong'] };
    const error = new ValidationError('request', []);
    const mixed = [null, 5, good, { path: 'b' }, { path: 1, messages: [] }, { path: 'c', messages: [1] }];
    Object.defineProperty(error, 'details', { value: { fields: mixed } });
    expect(error.fields).toEqual([good]);
  });
});

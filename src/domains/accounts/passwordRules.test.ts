import { expect, test } from 'vitest';
import { chosenPassword, cleanPassword } from './passwordRules.ts';
import { refusal } from './testing.ts';

const about = ['lima.ana@example.org', 'Ana Lima', 'analima'];

test.each(['seven green herons', 'correct-horse-battery', 'Tr0ub4dor&3', 'пароль из слов', '李白床前明月光。。', 'x9$Kq2!v'])(
  'good: %s',
  (password) => {
    expect(chosenPassword(password, about)).toBe(password.normalize('NFKC'));
  },
);

test.each([
  ['too short', 'a1b2c3d'],
  ['too long', 'ab12'.repeat(51)],
  ['common', 'Password'],
  ['common', 'iloveyou'],
  ['repeated', 'abababab'],
  ['one letter', 'zzzzzzzzzzzz'],
  ['sequence', 'cdefghijk'],
  ['sequence backwards', '987654321'],
  ['keyboard', 'wertyuio'],
  ['keyboard backwards', 'lkjhgfdsa'],
  ['the e-mail address', 'Lima.Ana@example.org'],
  ['the name', 'analima2024!'],
  ['U+0000', 'seven\u0000green herons'],
  ['half a character', 'seven green \ud800'],
])('refused, %s: %s', (_, password) => {
  expect(() => chosenPassword(password, about, 'next')).toThrow(refusal('invalid_input', { field: 'next' }));
});

test('letters composed differently are the same password', () => {
  expect(cleanPassword('cafe\u0301 cafe\u0301')).toBe(cleanPassword('café café'));
});

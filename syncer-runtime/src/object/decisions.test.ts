import { askedDecisions, decisionAnnotation, decisionIdIn, decisionInWords } from './decisions.js';

test('the id is found in the words that tell how to decide', () => {
  expect(decisionIdIn(`3 deletions are held back; ${decisionInWords('ab12')}.`)).toBe('ab12');
  expect(decisionIdIn('3 deletions are held back')).toBeUndefined();
});

test.each(['keep', 'delete'] as const)('the annotation for %s asks for just that', (decision) => {
  const asked = { decision, id: 'ab12' };
  expect(askedDecisions(decisionAnnotation(asked))).toEqual([asked]);
});

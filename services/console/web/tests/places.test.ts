// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { faultLine } from '../src/text/fault_line';
import { placeInWords } from '../src/text/places';

// ui-trial 16
it.each([
  ['', ''], ['/name', 'Name'], ['/items/0/value', 'Setting 1, value'], ['/files/2/content', 'File 3, content'], ['/env/URL', 'Setting URL'],
  ['/triggers/0/attributes/1/attribute', 'Trigger 1, condition 2, attribute'], ['/secrets/A~1B~0C', 'Secret A/B~C'], ['/set/TOKEN', 'Secret TOKEN'],
  ['/unheard/of', 'Unheard, of'],
])('says the place %s as "%s"', (pointer, words) => expect(placeInWords(pointer)).toBe(words));

// ui-trial 4
it.each([
  ["SyntaxError: expected ':' (handler.py, line 3)", 'handler.py', 3], ['  File "/x/y/helper.py", line 12, in load', 'helper.py', 12],
  ["handler.py line 7: KeyError: 'Vm'", 'handler.py', 7], ['/f/handler.sh: line 2: syntax error', 'handler.sh', 2],
])('finds the line in %s', (cause, path, line) => expect(faultLine(cause)).toEqual({ path, line, text: cause }));

it('finds no line where none is told', () => expect(faultLine('No module named requests')).toBeUndefined());
